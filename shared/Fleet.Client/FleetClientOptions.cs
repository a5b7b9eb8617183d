namespace Fleet.Client;

/// <summary>How a <see cref="FleetClient"/> behaves when its connection fails while it watches or waits.</summary>
public sealed class FleetClientOptions
{
    /// <summary>How long to pause before the first try to reconnect; every further pause is twice as long, and each is shortened by chance by up to a half.</summary>
    /// <value>250 ms.</value>
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause between two tries.</summary>
    /// <value>10 s.</value>
    public TimeSpan MaxReconnectDelay { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to go on trying without an answer; then the last error is thrown.</summary>
    /// <value>Forever.</value>
    public TimeSpan GiveUpAfter { get; set; } = Timeout.InfiniteTimeSpan;

    /// <summary>The address of the notifier, where that is another one than the API's.</summary>
    /// <value>The API's.</value>
    public Uri? LiveAddress { get; set; }

    /// <summary>How long a connection may be silent before it counts as lost. The server sends a sign of life every 15 s.</summary>
    /// <value>45 s.</value>
    public TimeSpan SilenceLimit { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>The clock that pauses and limits go by.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;
}

namespace Fleet.Client;

/// <summary>Pauses between tries to reach a server that does not answer: longer each time, and never for many clients at once.</summary>
internal sealed class Backoff(FleetClientOptions options)
{
    private long? _failingSince;

    /// <summary>How many tries in a row have failed.</summary>
    public int Failures { get; private set; }

    /// <summary>The server answered.</summary>
    public void Reset()
    {
        Failures = 0;
        _failingSince = null;
    }

    /// <summary>Counts a failure and says how long to pause; throws <paramref name="error"/> on when it has gone on for too long.</summary>
    /// <param name="error">What went wrong; null where the stream merely ended.</param>
    /// <param name="atLeast">What the server asked for.</param>
    public TimeSpan Next(Exception? error, TimeSpan atLeast)
    {
        Failures++;
        _failingSince ??= options.Time.GetTimestamp();
        if (error is not null && options.GiveUpAfter != Timeout.InfiniteTimeSpan
            && options.Time.GetElapsedTime(_failingSince.Value) >= options.GiveUpAfter)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);

        var longest = Math.Min(options.ReconnectDelay.TotalMilliseconds * Math.Pow(2, Math.Min(Failures - 1, 30)), options.MaxReconnectDelay.TotalMilliseconds);
        // Not for a secret: it only keeps clients that lost one server from returning together.
#pragma warning disable CA5394
        var pause = TimeSpan.FromMilliseconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        return pause > atLeast ? pause : atLeast;
    }
}

using System.ComponentModel.DataAnnotations;

namespace Fleet.SignalR;

/// <summary>How a hub's servers talk to each other, and what a slow connection may cost.</summary>
public sealed class BackplaneOptions
{
    /// <summary>What every channel in Redis starts with, so that several applications can share a Redis.</summary>
    /// <value>Default: <c>fleet:hub</c>.</value>
    [Required(AllowEmptyStrings = false)]
    public string ChannelPrefix { get; set; } = "fleet:hub";

    /// <summary>How many bytes of messages to groups, users and everybody may wait for one connection that does not take them.</summary>
    /// <value>Default: 1 MiB.</value>
    [Range(1024, 256 * 1024 * 1024)]
    public int MaxPendingBytes { get; set; } = 1024 * 1024;

    /// <summary>How many messages of any kind may wait for one connection.</summary>
    /// <value>Default: 10,000.</value>
    [Range(1, 1_000_000)]
    public int MaxPendingMessages { get; set; } = 10_000;

    /// <summary>
    /// What becomes of a connection for which more waits than that: what waits is dropped, and it is told to resynchronise or disconnected.
    /// </summary>
    /// <value>Default: <see cref="MissedMessages.Disconnect"/>, which every client understands.</value>
    public MissedMessages WhenOverflowing { get; set; } = MissedMessages.Disconnect;

    /// <summary>
    /// What becomes of this server's connections after its subscriptions were interrupted: what others published meanwhile has been missed.
    /// </summary>
    /// <value>Default: <see cref="MissedMessages.Ignore"/>.</value>
    public MissedMessages WhenInterrupted { get; set; } = MissedMessages.Ignore;

    /// <summary>The client's method that is called when it should resynchronise.</summary>
    /// <value>Default: <c>Resync</c>.</value>
    [Required(AllowEmptyStrings = false)]
    public string ResyncMethod { get; set; } = "Resync";

    /// <summary>The arguments of <see cref="ResyncMethod"/>.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<object?> ResyncArguments { get; set; } = [];

    /// <summary>How long Redis may take for one command before whoever publishes is told that it is away.</summary>
    /// <value>Default: 1.5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>How long another server may take to answer for its connection.</summary>
    /// <value>Default: 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:05:00")]
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long another server may be silent before those who wait for a result of one of its clients are told that it died. It is asked
    /// every third of that, and only while somebody waits.
    /// </summary>
    /// <value>Default: 6 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.3", "00:10:00")]
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(6);
}

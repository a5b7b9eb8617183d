using System.ComponentModel.DataAnnotations;

namespace Fleet.Notifier;

/// <summary>What the notifier is told, from the configuration section <c>Fleet:Notifier</c> (contract: "Configuration").</summary>
public sealed class NotifierOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Notifier";

    /// <summary>How many watches one connection may have at a time: runs, the feed, the workers and the queues together.</summary>
    /// <value>Default: 200.</value>
    [Range(1, 100_000)]
    public int WatchesPerConnection { get; set; } = 200;

    /// <summary>
    /// How many calls a second one connection may make for long. A connection that comes back may watch all that it watched before at
    /// once: so many calls more than <see cref="WatchesPerConnection"/> may come together.
    /// </summary>
    /// <value>Default: 50.</value>
    [Range(1, 100_000)]
    public int CallsPerSecond { get; set; } = 50;

    /// <summary>The largest message that a client may send over the hub, in bytes; a larger one ends its connection.</summary>
    /// <value>Default: 64 KiB.</value>
    [Range(4 * 1024, 16 * 1024 * 1024)]
    public int MessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// Over how long clients are sent to other replicas, one after another, when the process is told to stop. The host's shutdown timeout
    /// grows by as much.
    /// </summary>
    /// <value>Default: 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan DrainTime { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How often something is sent where nothing happens, so that proxies and clients know that the connection lives. SignalR's clients
    /// give up after 30 seconds of silence.
    /// </summary>
    /// <value>Default: 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:25")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a reader of server-sent events is asked to wait before it connects again.</summary>
    /// <value>Default: 2 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ReconnectDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The origins, such as <c>https://example.com</c>, whose pages may connect besides the notifier's own; <c>*</c> lets all in. A
    /// notifier behind a proxy that changes the Host header needs the proxy's origin here.
    /// </summary>
    /// <value>Default: empty, which lets in pages of the same origin only.</value>
    public IReadOnlyList<string> AllowedOrigins { get; set; } = [];
}

using System.ComponentModel.DataAnnotations;

namespace Fleet.Notifier;

/// <summary>What the notifier is told, from the configuration section <c>Fleet:Notifier</c> (contract: "Configuration").</summary>
public sealed class NotifierOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Notifier";

    /// <summary>How many watches one connection may have at a time: runs, the feed and the workers together.</summary>
    /// <value>Default: 200.</value>
    [Range(1, 100_000)]
    public int WatchesPerConnection { get; set; } = 200;

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

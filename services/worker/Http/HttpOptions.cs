using System.ComponentModel.DataAnnotations;

namespace Fleet.Worker.Http;

/// <summary>Where the job <c>http</c> may send requests, from the configuration section <c>Fleet:Worker:Http</c>.</summary>
/// <remarks>Link-local addresses and the clouds' metadata services are refused whatever is set here.</remarks>
internal sealed class HttpOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker:Http";

    /// <summary>Whether the job <c>http</c> exists on this worker.</summary>
    /// <value>Default: true.</value>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The hosts that may be asked, separated by commas; empty for any. <c>*.example.com</c> stands for all below example.com.
    /// </summary>
    /// <value>Default: empty.</value>
    public string AllowedHosts { get; set; } = "";

    /// <summary>Whether loopback and private addresses may be asked. Turn it off where people enqueue runs who may not reach those themselves.</summary>
    /// <value>Default: true.</value>
    public bool AllowPrivateAddresses { get; set; } = true;

    /// <summary>How long a request may take that names no timeout of its own.</summary>
    /// <value>Default: 100 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);
}

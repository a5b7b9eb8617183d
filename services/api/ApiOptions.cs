using System.ComponentModel.DataAnnotations;

namespace Fleet.Api;

/// <summary>What the API is told, from the configuration section <c>Fleet:Api</c> (contract: "Configuration").</summary>
public sealed class ApiOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Api";

    /// <summary>How long <c>GET /v1/runs/{id}/wait</c> waits where the caller says nothing.</summary>
    /// <value>Default: 30 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DefaultWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest that a caller may ask <c>GET /v1/runs/{id}/wait</c> to wait.</summary>
    /// <value>Default: 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The largest body of a batch that comes as one JSON document, in bytes. One that comes as NDJSON is read as it comes.</summary>
    /// <value>Default: 64 MiB.</value>
    [Range(1024, 1024 * 1024 * 1024)]
    public int BatchBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>How long Redis may take before a request is answered with 503. Whatever was sent to Redis may still be done.</summary>
    /// <value>Default: 1.5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan RedisTimeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The folder with the built web console.</summary>
    /// <value>Default: none, which means the folder <c>console</c> beside the program.</value>
    public string? Console { get; set; }

    /// <summary>Where browsers reach the notifier, such as <c>https://live.example.com</c>, where that is not where they reach the API.</summary>
    /// <value>Default: none, which means at the same address.</value>
    [RegularExpression("https?://[A-Za-z0-9.:\\[\\]-]+/?", ErrorMessage = "Fleet:Api:Notifier must be a scheme and a host, such as https://live.example.com.")]
    public string? Notifier { get; set; }
}

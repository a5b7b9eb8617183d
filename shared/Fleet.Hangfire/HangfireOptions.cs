using System.ComponentModel.DataAnnotations;
using Fleet.Engine;

namespace Fleet.Hangfire;

/// <summary>What the picture for Hangfire dashboards is told, from the configuration section <c>Fleet:Hangfire</c>.</summary>
public sealed class HangfireOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Hangfire";

    /// <summary>Whether this process may keep the picture; of those that may, one does.</summary>
    /// <value>Default: false.</value>
    public bool Enabled { get; set; }

    /// <summary>The Redis that the picture is kept in, as a StackExchange.Redis connection string; null for Fleet's own.</summary>
    /// <value>Default: null.</value>
    public string? Redis { get; set; }

    /// <summary>
    /// What every key of the picture starts with, as the dashboard's storage is told; null for <c>{fleet-hangfire}:</c>, where <c>fleet</c> is
    /// <c>Fleet:Prefix</c>.
    /// </summary>
    /// <value>Default: null.</value>
    [RegularExpression(@"^[\x21-\x7e]{1,100}$", ErrorMessage = "Fleet:Hangfire:Prefix must be 1 to 100 printable characters without spaces.")]
    public string? Prefix { get; set; }

    /// <summary>How often the picture is brought up to date.</summary>
    /// <value>Default: 0.5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How many waiting runs of each queue, how many scheduled and how many running ones are listed at most.</summary>
    /// <value>Default: 1,000.</value>
    [Range(20, 100_000)]
    public int Listed { get; set; } = 1_000;

    /// <summary>Whether the dashboard's buttons are without effect: what they wrote is put right again.</summary>
    /// <value>Default: false.</value>
    public bool ReadOnly { get; set; }

    /// <summary>How long the process that keeps the picture may be silent before another goes on in its place.</summary>
    /// <value>Default: 10 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What every key of the picture of a deployment starts with.</summary>
    /// <param name="fleet">The deployment's own options.</param>
    public string PrefixOf(FleetOptions fleet) => Prefix ?? $"{{{fleet.Prefix}-hangfire}}:";
}

using System.ComponentModel.DataAnnotations;

namespace Fleet.Engine;

/// <summary>What every Fleet process is told, from the configuration section <c>Fleet</c> (contract: "Configuration").</summary>
public sealed class FleetOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet";

    /// <summary>Where configuration is looked for as files unless something else is said.</summary>
    internal const string UsualConfigFolder = "/etc/fleet";

    /// <summary>Where Redis is, as a StackExchange.Redis connection string.</summary>
    /// <value>Default: <c>127.0.0.1:6379</c>.</value>
    [Required(AllowEmptyStrings = false)]
    public string Redis { get; set; } = "127.0.0.1:6379";

    /// <summary>
    /// Where more configuration is, one file a key (<c>Fleet__Redis</c>), in this folder or the folders in it: what Kubernetes and Compose mount.
    /// Read by the services before anything else; the environment and the command line can say otherwise.
    /// </summary>
    /// <value>Default: <c>/etc/fleet</c>, which need not be there.</value>
    [Required(AllowEmptyStrings = false)]
    public string ConfigFolder { get; set; } = UsualConfigFolder;

    /// <summary>What every key starts with, so that several deployments can share a Redis.</summary>
    /// <value>Default: <c>fleet</c>.</value>
    [Required, RegularExpression("^[a-z0-9][a-z0-9._-]{0,40}$", ErrorMessage = "Fleet:Prefix must be lower-case letters, digits, '.', '_' or '-', at most 41.")]
    public string Prefix { get; set; } = "fleet";

    /// <summary>Into how many slices the data is split, each in one Redis Cluster slot. Fixed when a deployment first starts.</summary>
    /// <value>Default: 1.</value>
    [Range(1, RunId.SystemPartition)]
    public int Partitions { get; set; } = 1;

    /// <summary>How long a worker may go unheard of before its runs go back into their queues.</summary>
    /// <value>Default: 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How safe a run is before its caller is told that it was taken, where the caller says nothing: <c>redis</c> (as Redis is configured),
    /// or <c>replicated:N</c> (N replicas have it).
    /// </summary>
    /// <value>Default: <c>redis</c>.</value>
    [Required, RegularExpression("^(redis|replicated:([1-9][0-9]?|100))$", ErrorMessage = $"Fleet:Durability must be {Fleet.Durability.Rule}.")]
    public string Durability { get; set; } = Fleet.Durability.Redis;

    /// <summary>How long to wait for the replicas that a run's durability asks for.</summary>
    /// <value>Default: 2 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ReplicationTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long final runs are kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>How much is too much.</summary>
    public LimitOptions Limits { get; set; } = new();
}

/// <summary>How long final runs are kept, from <c>Fleet:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>How long a succeeded run is kept.</summary>
    /// <value>Default: 7 days.</value>
    [Range(typeof(TimeSpan), "00:00:10", "3650.00:00:00")]
    public TimeSpan Succeeded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a run is kept that ended in any other way.</summary>
    /// <value>Default: 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:10", "3650.00:00:00")]
    public TimeSpan Others { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>How much is too much, from <c>Fleet:Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The largest input of a run, in bytes of JSON.</summary>
    /// <value>Default: 1 MiB.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int PayloadBytes { get; set; } = 1024 * 1024;

    /// <summary>The largest output of a run, in bytes of JSON; a larger one fails the attempt.</summary>
    /// <value>Default: 1 MiB.</value>
    [Range(1024, 64 * 1024 * 1024)]
    public int OutputBytes { get; set; } = 1024 * 1024;

    /// <summary>How many runs one batch may hold.</summary>
    /// <value>Default: 10,000.</value>
    [Range(1, 100_000)]
    public int BatchRuns { get; set; } = 10_000;

    /// <summary>About how many progress and log events are kept of one run; the oldest go first.</summary>
    /// <value>Default: 100,000.</value>
    [Range(100, 10_000_000)]
    public int LogEvents { get; set; } = 100_000;

    /// <summary>About how many batches of state changes the durable feed keeps.</summary>
    /// <value>Default: 1,024.</value>
    [Range(16, 1_000_000)]
    public int FeedBatches { get; set; } = 1024;
}

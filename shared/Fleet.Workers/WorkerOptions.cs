using System.ComponentModel.DataAnnotations;

namespace Fleet.Workers;

/// <summary>What a worker is told, from the configuration section <c>Fleet:Worker</c> (contract: "Configuration").</summary>
public sealed class WorkerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker";

    /// <summary>The worker's name, unique in the fleet; empty for one made from host, process and a random part.</summary>
    /// <value>Default: empty.</value>
    [RegularExpression("^$|^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$", ErrorMessage = "Fleet:Worker:Name must be letters, digits, '.', '_' or '-', at most 100.")]
    public string Name { get; set; } = "";

    /// <summary>How many runs it executes at a time.</summary>
    /// <value>Default: 32.</value>
    [Range(1, 10_000)]
    public int Slots { get; set; } = 32;

    /// <summary>The queues it serves, separated by commas; <c>*</c> for all there are.</summary>
    /// <value>Default: <c>*</c>.</value>
    [Required]
    public string Queues { get; set; } = "*";

    /// <summary>The names in <see cref="Queues"/>.</summary>
    internal IReadOnlyList<string> QueueNames => Queues.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>
    /// How long runs of a lower priority may be overtaken. Priorities are strict; but when the slots never suffice for what is more
    /// urgent, one take in eight begins with runs that have waited for longer than this, one from each line, so that none waits for ever.
    /// </summary>
    /// <value>Default: 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long the loop that takes runs may not come round before <c>/livez</c> says that the worker is to be started anew. It comes round
    /// every few seconds, also while Redis is away.
    /// </summary>
    /// <value>Default: 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:10", "01:00:00")]
    public TimeSpan StuckAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long running handlers get to end when the worker shuts down.</summary>
    /// <value>Default: 25 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>How long a handler gets to end after its run was cancelled.</summary>
    /// <value>Default: 10 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan CancelGrace { get; set; } = TimeSpan.FromSeconds(10);
}

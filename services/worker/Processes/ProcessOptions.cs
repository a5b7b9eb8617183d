using System.ComponentModel.DataAnnotations;

namespace Fleet.Worker.Processes;

/// <summary>What the job <c>process</c> may do, from the configuration section <c>Fleet:Worker:Process</c>.</summary>
/// <remarks>
/// Whoever may enqueue runs may run commands as the worker's user, so it is off until somebody turns it on.
/// <see cref="AllowedFiles"/> says which programs, not what they may do: a shell in that list is everything.
/// </remarks>
internal sealed class ProcessOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker:Process";

    /// <summary>Whether the job <c>process</c> exists on this worker.</summary>
    /// <value>Default: false.</value>
    public bool Enabled { get; set; }

    /// <summary>
    /// The programs that may be run, separated by commas; empty for any. A name without '/' allows what the worker's PATH
    /// finds under it; anything else is a full path.
    /// </summary>
    /// <value>Default: empty.</value>
    public string AllowedFiles { get; set; } = "";

    /// <summary>Where commands run that name no <c>workdir</c>, and what a relative one starts from; empty for the worker's own.</summary>
    /// <value>Default: empty.</value>
    public string WorkDirectory { get; set; } = "";

    /// <summary>How long a command gets to end after SIGTERM before SIGKILL.</summary>
    /// <value>Default: 5 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan KillAfter { get; set; } = TimeSpan.FromSeconds(5);
}

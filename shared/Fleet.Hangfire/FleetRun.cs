using System.ComponentModel;

namespace Fleet.Hangfire;

/// <summary>
/// Stands for a run of Fleet in a Hangfire dashboard. A dashboard that can load this type shows a run by its job and input, and all of its
/// buttons work; one that cannot shows the job's name on the details page.
/// </summary>
public static class FleetRun
{
    /// <summary>A run. Nobody calls this: Fleet's workers execute runs, not a Hangfire server.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="input">The input, as JSON; a long one is cut.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    [DisplayName("{0} {1}")]
    public static void Run(string job, string input) => throw new NotSupportedException(
        $"Fleet's workers execute {job}. Do not run a Hangfire server on Fleet's storage prefix; a dashboard is enough.");
}

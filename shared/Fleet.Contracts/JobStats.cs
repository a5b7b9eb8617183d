namespace Fleet;

/// <summary>How the runs of a job ended lately (GET /v1/stats/jobs).</summary>
/// <param name="Job">The job's name.</param>
/// <param name="Succeeded">How many of them succeeded.</param>
/// <param name="Failed">How many failed for good.</param>
/// <param name="Run">How long the last attempt of each took, from its start to its end.</param>
public sealed record JobStats(string Job, long Succeeded, long Failed, JobDurations Run);

/// <summary>Quantiles of a job's durations, in milliseconds, exact to a quarter; null when nothing was measured.</summary>
/// <param name="P50">Half of them took at most this.</param>
/// <param name="P95">95 of 100 took at most this.</param>
/// <param name="P99">99 of 100 took at most this.</param>
public sealed record JobDurations(double? P50, double? P95, double? P99);

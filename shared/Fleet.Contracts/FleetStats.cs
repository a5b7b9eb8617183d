namespace Fleet;

/// <summary>The fleet in numbers (contract: "Stats").</summary>
/// <param name="Counts">How many runs are in each state, by the state's name.</param>
/// <param name="Rates">What happened a second, over the last ten.</param>
/// <param name="Latency">How long runs waited and took, over the last minutes.</param>
public sealed record FleetStats(IReadOnlyDictionary<string, long> Counts, FleetRates Rates, FleetLatency Latency);

/// <summary>What happened a second, over the last ten.</summary>
/// <param name="In">Runs accepted.</param>
/// <param name="Out">Runs that became final.</param>
/// <param name="Failed">Runs that became final as failed.</param>
public sealed record FleetRates(double In, double Out, double Failed);

/// <summary>How long runs waited and took.</summary>
/// <param name="Wait">From queued to started.</param>
/// <param name="Run">From started to the attempt's end.</param>
public sealed record FleetLatency(LatencyQuantiles Wait, LatencyQuantiles Run);

/// <summary>Quantiles of a duration, in milliseconds; null when nothing was measured.</summary>
/// <param name="P50">Half of them took at most this.</param>
/// <param name="P99">99 of 100 took at most this.</param>
public sealed record LatencyQuantiles(double? P50, double? P99);

/// <summary>One minute of the fleet's history (contract: GET /v1/stats/history).</summary>
/// <param name="At">The minute's begin.</param>
/// <param name="In">Runs accepted.</param>
/// <param name="Out">Runs that became final.</param>
/// <param name="Failed">Runs that became final as failed.</param>
public sealed record StatsMinute(DateTimeOffset At, long In, long Out, long Failed);

using System.Diagnostics.Metrics;

namespace Fleet.Engine.Metrics;

/// <summary>What this process did, counted. Shown by <c>GET /metrics</c>, and by whatever else listens to the meter.</summary>
public static class FleetMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Fleet";

    /// <summary>The meter that every part of Fleet makes its instruments with.</summary>
    public static Meter Meter { get; } = new(MeterName, typeof(FleetMetrics).Assembly.GetName().Version?.ToString());

    internal static Counter<long> Accepted { get; } =
        Meter.CreateCounter<long>("fleet.runs.accepted", "{run}", "Runs that this process had stored.");

    internal static Counter<long> Deduplicated { get; } =
        Meter.CreateCounter<long>("fleet.runs.deduplicated", "{run}", "Runs that were not stored, because an earlier one is the same.");

    internal static Counter<long> Taken { get; } =
        Meter.CreateCounter<long>("fleet.runs.taken", "{run}", "Runs that this process took from their queues.");

    internal static Counter<long> Ended { get; } =
        Meter.CreateCounter<long>("fleet.attempts.ended", "{attempt}", "Attempts whose end this process recorded, by how they ended.");

    internal static UpDownCounter<long> Watches { get; } =
        Meter.CreateUpDownCounter<long>("fleet.live.watches", "{watch}", "Watches that this process serves now, of runs and of the feed.");

    internal static Counter<long> Problems { get; } =
        Meter.CreateCounter<long>("fleet.api.problems", "{response}", "Requests that were answered with an error, by its slug.");
}

using System.Diagnostics.Metrics;
using Fleet.Engine.Metrics;

namespace Fleet.Workers;

/// <summary>What a worker counts beyond what the engine does.</summary>
internal static class WorkerMetrics
{
    /// <summary>Attempts whose result was refused, or whose handler was cancelled, because their run had been given to another worker.</summary>
    public static readonly Counter<long> Fenced = FleetMetrics.Meter.CreateCounter<long>("fleet.worker.fenced", "{attempt}",
        "Attempts whose run had been given to another worker.");

    /// <summary>Attempts whose end Redis refused to record for good.</summary>
    public static readonly Counter<long> Unrecorded = FleetMetrics.Meter.CreateCounter<long>("fleet.worker.unrecorded", "{attempt}",
        "Attempts whose end Redis refused to record.");
}

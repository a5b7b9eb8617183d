using System.Diagnostics.Metrics;

namespace Fleet.Workers;

/// <summary>What a worker counts. The meter has the fleet's name, so that every service exposes it.</summary>
internal static class WorkerMetrics
{
    private static readonly Meter Meter = new("Fleet");

    /// <summary>Attempts whose result was refused, or whose handler was cancelled, because their run had been given to another worker.</summary>
    public static readonly Counter<long> Fenced = Meter.CreateCounter<long>("fleet.worker.fenced", "{attempt}",
        "Attempts whose run had been given to another worker.");
}

namespace Fleet.Bench.Fanout.Load;

/// <summary>What the loop's thread counts, between two looks.</summary>
internal sealed class LoadStats
{
    /// <summary>From publish to receipt.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Messages that arrived at connections that count.</summary>
    public long Deliveries => Latency.Count;

    /// <summary>How often a server said that something is missing.</summary>
    public long Resyncs { get; set; }

    /// <summary>When the newest arrived, as <see cref="System.Diagnostics.Stopwatch"/> has it.</summary>
    public long LastArrival { get; set; }
}

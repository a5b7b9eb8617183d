namespace Fleet.Bench.Memory;

/// <summary>Redis's memory for a run, in bytes, in each of its states; and what it costs to get it there, in CPU µs.</summary>
internal sealed record RunSize(
    int Payload, bool AppendOnly, long WaitingBytes, long RunningBytes, long FinishedBytes,
    double RedisMicroseconds, double WorkerMicroseconds, double ClientMicroseconds);

/// <summary>The JSON document.</summary>
internal sealed record MemoryReport(IReadOnlyList<RunSize> Sizes, IReadOnlyList<GrowthRow> Growth);

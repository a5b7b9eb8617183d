namespace Fleet.Bench.Memory;

/// <summary>How things stood after some runs. CPU times are the means so far, in µs a run; dropping runs is among them.</summary>
internal sealed record GrowthRow(
    int Passed, double Seconds, long Kept, long Bytes, double RedisMicroseconds, double WorkerMicroseconds, double ClientMicroseconds);

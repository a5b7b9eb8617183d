using System.Diagnostics;
using Fleet.Bench.Processes;

namespace Fleet.Bench.Measuring;

/// <summary>Measures time, and the CPU time that Redis, other processes and this one use meanwhile.</summary>
internal sealed class CpuMeter
{
    private readonly BenchRedis _redis;
    private readonly IReadOnlyList<Process> _others;
    private readonly long _started;
    private readonly CpuTimes _before;

    private CpuMeter(BenchRedis redis, IReadOnlyList<Process> others, CpuTimes before, long started)
    {
        _redis = redis;
        _others = others;
        _before = before;
        _started = started;
    }

    public static async Task<CpuMeter> StartAsync(BenchRedis redis, IReadOnlyList<Process> others)
    {
        var before = await ReadAsync(redis, others);
        return new CpuMeter(redis, others, before, Stopwatch.GetTimestamp());
    }

    /// <summary>What was used since the start.</summary>
    public async Task<Spent> StopAsync()
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var now = await ReadAsync(_redis, _others);
        var others = now.Others.Zip(_before.Others, (after, before) => after - before);
        return new Spent(elapsed, now.Redis - _before.Redis, [.. others], now.Self - _before.Self);
    }

    private static async Task<CpuTimes> ReadAsync(BenchRedis redis, IReadOnlyList<Process> others)
    {
        using var self = Process.GetCurrentProcess();
        return new CpuTimes(await redis.CpuAsync(), [.. others.Select(ProcessTree.Cpu)], self.TotalProcessorTime);
    }

    private sealed record CpuTimes(TimeSpan Redis, IReadOnlyList<TimeSpan> Others, TimeSpan Self);
}

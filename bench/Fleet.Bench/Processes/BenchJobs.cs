using System.Collections.Concurrent;
using System.Diagnostics;
using Fleet.Workers;

namespace Fleet.Bench.Processes;

/// <summary>The jobs that are measured with.</summary>
internal static class BenchJobs
{
    private static readonly ConcurrentQueue<(int Run, long At)> Stamps = [];
    private static long _executions;

    /// <summary>How many times a handler was called in this process.</summary>
    public static long Executions => Interlocked.Read(ref _executions);

    /// <summary>Writes when the handlers of <c>stamp</c> began: for each the run's number and the time, by the machine's monotonic clock.</summary>
    public static void WriteStarts(string file)
    {
        using var writer = new BinaryWriter(File.Create(file));
        foreach (var (run, at) in Stamps)
        {
            writer.Write(run);
            writer.Write(at);
        }
    }

    /// <summary>Reads what <see cref="WriteStarts"/> wrote.</summary>
    public static IReadOnlyDictionary<int, long> ReadStarts(string file)
    {
        using var reader = new BinaryReader(File.OpenRead(file));
        var starts = new Dictionary<int, long>();
        while (reader.BaseStream.Position < reader.BaseStream.Length) starts.Add(reader.ReadInt32(), reader.ReadInt64());
        return starts;
    }

    /// <summary>Does nothing, and takes any input.</summary>
    public sealed class Noop : IJob<Dictionary<string, object>, Nothing>
    {
        public Task<Nothing> RunAsync(Dictionary<string, object> input, JobContext context, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _executions);
            return Task.FromResult(Nothing.Instance);
        }
    }

    /// <summary>Runs until its worker shuts down.</summary>
    public sealed class Hold : IJob<Dictionary<string, object>, Nothing>
    {
        public async Task<Nothing> RunAsync(Dictionary<string, object> input, JobContext context, CancellationToken cancellation)
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return Nothing.Instance;
        }
    }

    /// <summary>Takes down when it began.</summary>
    public sealed class Stamp : IJob<StampInput, Nothing>
    {
        public Task<Nothing> RunAsync(StampInput input, JobContext context, CancellationToken cancellation)
        {
            Stamps.Enqueue((input.Run, Stopwatch.GetTimestamp()));
            Interlocked.Increment(ref _executions);
            return Task.FromResult(Nothing.Instance);
        }
    }

    /// <summary>The number of the run among those of its measurement.</summary>
    public sealed record StampInput(int Run);
}

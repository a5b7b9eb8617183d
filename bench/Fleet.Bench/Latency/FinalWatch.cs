using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Fleet.Bench.Processes;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Bench.Latency;

/// <summary>
/// Takes down when each run's end is heard of, in the feed that every notifier listens to. That is later than the end by the way from
/// Redis to here, and so never flatters.
/// </summary>
internal sealed class FinalWatch
{
    private static readonly byte[] Succeeded = Encoding.ASCII.GetBytes("\",\"succeeded\",");

    private readonly ConcurrentDictionary<RunId, long> _ends = new();

    public int Count => _ends.Count;

    public static async Task<FinalWatch> StartAsync(BenchRedis redis, FleetKeys keys)
    {
        var watch = new FinalWatch();
        foreach (var partition in keys.Partitions)
            await redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.Feed), (_, message) => watch.Hear((byte[])message!));
        return watch;
    }

    /// <summary>When a run's end was heard of, by the monotonic clock.</summary>
    public long EndOf(RunId run) => _ends[run];

    /// <summary>Finds the runs of a batch that succeeded. Reading the JSON would take more of the machine than what is measured.</summary>
    private void Hear(ReadOnlySpan<byte> batch)
    {
        var now = Stopwatch.GetTimestamp();
        Span<char> text = stackalloc char[RunId.TextLength];
        for (var at = batch.IndexOf(Succeeded); at >= 0; at = batch.IndexOf(Succeeded))
        {
            Encoding.ASCII.GetChars(batch.Slice(at - RunId.TextLength, RunId.TextLength), text);
            _ends[RunId.Parse(text, null)] = now;
            batch = batch[(at + Succeeded.Length)..];
        }
    }
}

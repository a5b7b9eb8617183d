using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>The fleet in numbers. Counts are read from where the runs are, so they cannot drift; rates and latencies are counted by the scripts.</summary>
public sealed class StatsReader
{
    private const int RateSeconds = 10;
    private const int LatencyMinutes = 5;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly QueueRegistry _queues;

    internal StatsReader(FleetKeys keys, RedisConnection redis, RedisClock clock, QueueRegistry queues)
    {
        _keys = keys;
        _redis = redis;
        _clock = clock;
        _queues = queues;
    }

    /// <summary>How many runs are in each state, by the state's name.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountsAsync()
    {
        var redis = _redis.Database;
        var streams = (from queue in await _queues.ListAsync()
                       from partition in _keys.Partitions
                       from priority in Priorities.All
                       select partition.Stream(queue, priority)).ToList();
        var lengths = Task.WhenAll(streams.Select(stream => redis.StreamLengthAsync(stream)));
        var pending = Task.WhenAll(streams.Select(stream => PendingAsync(redis, stream)));
        var due = SumAsync(partition => redis.SortedSetLengthAsync(partition.Due));
        var final = await Task.WhenAll(RunStates.Final.Select(async state =>
            (state, count: await SumAsync(partition => redis.SortedSetLengthAsync(partition.Final(state))))));

        var running = (await pending).Sum();
        var counts = new Dictionary<string, long>
        {
            [RunState.Scheduled.Name()] = await due,
            [RunState.Queued.Name()] = Math.Max((await lengths).Sum() - running, 0),
            [RunState.Running.Name()] = running,
        };
        foreach (var (state, count) in final) counts[state.Name()] = count;
        return counts;
    }

    /// <summary>Counts, rates and latencies.</summary>
    public async Task<FleetStats> GetAsync()
    {
        var counts = CountsAsync();
        var rates = RatesAsync();
        var minute = _clock.Now / 60_000;
        var minutes = ReadAsync(partition => Enumerable.Range(0, LatencyMinutes).Select(ago => partition.StatsMinute(minute - ago)));
        var durations = await minutes;
        return new FleetStats(
            await counts,
            await rates,
            new FleetLatency(Quantiles(durations, "wait:"), Quantiles(durations, "run:")));
    }

    /// <summary>What happened a second, over the last ten.</summary>
    public async Task<FleetRates> RatesAsync()
    {
        var second = _clock.Now / 1000;
        var counters = await ReadAsync(partition => Enumerable.Range(1, RateSeconds).Select(ago => partition.StatsSecond(second - ago)));
        return new FleetRates(Rate("in"), Rate("out"), Rate("failed"));

        double Rate(string name) => counters.GetValueOrDefault(name) / (double)RateSeconds;
    }

    /// <summary>The last minutes, oldest first, the current one last.</summary>
    public async Task<IReadOnlyList<StatsMinute>> HistoryAsync(int minutes)
    {
        var current = _clock.Now / 60_000;
        return await Task.WhenAll(Enumerable.Range(0, minutes).Select(async index =>
        {
            var minute = current - minutes + 1 + index;
            var counters = await ReadAsync(partition => [partition.StatsMinute(minute)]);
            return new StatsMinute(DateTimeOffset.FromUnixTimeSeconds(minute * 60),
                counters.GetValueOrDefault("in"), counters.GetValueOrDefault("out"), counters.GetValueOrDefault("failed"));
        }));
    }

    private static async Task<long> PendingAsync(IDatabase redis, RedisKey stream)
    {
        try
        {
            return (await redis.StreamPendingAsync(stream, "fleet")).PendingMessageCount;
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            return 0;
        }
    }

    private async Task<long> SumAsync(Func<PartitionKeys, Task<long>> read) => (await Task.WhenAll(_keys.Partitions.Select(read))).Sum();

    private async Task<Dictionary<string, long>> ReadAsync(Func<PartitionKeys, IEnumerable<RedisKey>> keys)
    {
        var hashes = await Task.WhenAll(_keys.Partitions.SelectMany(keys).Select(key => _redis.Database.HashGetAllAsync(key)));
        var sums = new Dictionary<string, long>();
        foreach (var counter in hashes.SelectMany(hash => hash))
            sums[counter.Name.ToString()] = sums.GetValueOrDefault(counter.Name.ToString()) + (long)counter.Value;
        return sums;
    }

    private static LatencyQuantiles Quantiles(Dictionary<string, long> counters, string prefix)
    {
        var durations = new DurationBuckets();
        foreach (var (name, count) in counters.Where(counter => counter.Key.StartsWith(prefix, StringComparison.Ordinal)))
            durations.Add(int.Parse(name.AsSpan(prefix.Length), provider: null), count);
        return new LatencyQuantiles(durations.Quantile(0.5), durations.Quantile(0.99));
    }
}

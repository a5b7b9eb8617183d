using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>How many slots queues could use now and within a minute, read from where the runs are.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class DemandReader
{
    /// <summary>How far ahead is looked: a pod takes about that long to come up.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    /// <summary>Of how many runs that are due soon the queue is looked up in each partition, which takes Redis one to two milliseconds.</summary>
    private const int MostLookedUp = 1000;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly QueueRegistry _queues;

    internal DemandReader(FleetKeys keys, RedisConnection redis, QueueRegistry queues)
    {
        _keys = keys;
        _redis = redis;
        _queues = queues;
    }

    /// <summary>The demand of all queues together.</summary>
    public async Task<QueueDemand> ReadAllAsync()
    {
        var roll = await _queues.CallRollAsync();
        return await ReadAsync(roll.Names, roll.Paused);
    }

    /// <summary>The demand of some queues together. One that was never used has none.</summary>
    public async Task<QueueDemand> ReadAsync(IReadOnlyCollection<string> queues) =>
        await ReadAsync([.. queues.Distinct()], await _queues.PausedAsync());

    private async Task<QueueDemand> ReadAsync(IReadOnlyList<string> queues, IReadOnlySet<string> paused)
    {
        var counts = (await Task.WhenAll(_keys.Partitions.Select(partition => ReadAsync(partition, queues)))).SelectMany(each => each).ToList();
        var open = counts.Where(count => !paused.Contains(count.Queue)).Sum(count => count.Waiting + count.Due);
        var running = counts.Sum(count => count.Running);
        return new QueueDemand(counts.Sum(count => count.Waiting), counts.Sum(count => count.Due), running, open + running);
    }

    private async Task<IEnumerable<Count>> ReadAsync(PartitionKeys partition, IReadOnlyList<string> queues)
    {
        var priorities = Priorities.All.Count;
        var call = Scripts.Demand.Call(queues.Count * priorities, [partition.Due], [partition.RunPrefix, (long)Soon.TotalMilliseconds, MostLookedUp]);
        foreach (var queue in queues)
        {
            foreach (var priority in Priorities.All) call.Add([partition.Stream(queue, priority)]);
        }

        var reply = await call.EvaluateAsync(_redis.Database);
        var (due, lookedUp) = ((long)reply[0], (long)reply[1]);
        var byQueue = reply[2].ToDictionary();
        var lines = (long[])reply[3]!;
        return queues.Select((queue, index) =>
        {
            var own = lines.AsSpan(index * priorities * 2, priorities * 2);
            var (waiting, running) = (0L, 0L);
            for (var i = 0; i < own.Length; i += 2) (waiting, running) = (waiting + own[i], running + own[i + 1]);
            return new Count(queue, waiting, byQueue.TryGetValue(queue, out var found) ? Extrapolate((long)found, due, lookedUp) : 0, running);
        });
    }

    /// <summary>Of very many runs that are due soon, the later ones are taken to be spread over the queues as the earliest ones are.</summary>
    private static long Extrapolate(long found, long due, long lookedUp) => (long)Math.Ceiling(found * (double)due / lookedUp);

    private sealed record Count(string Queue, long Waiting, long Due, long Running);
}

using System.Collections.Concurrent;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>The queues there are: a queue exists from its first use on, with its streams and their consumer group.</summary>
public sealed class QueueRegistry
{
    /// <summary>How long a queue counts as being there. After that it is made again, should Redis have lost its data.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(10);

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, long> _known = new();

    internal QueueRegistry(FleetKeys keys, RedisConnection redis, TimeProvider time)
    {
        _keys = keys;
        _redis = redis;
        _time = time;
    }

    /// <summary>Makes a queue where it is missing, and tells the workers of it. Costs nothing for a queue seen a moment ago.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="anew">Whether to look again, because Redis may have lost its data since.</param>
    public async ValueTask EnsureAsync(string queue, bool anew = false)
    {
        if (!anew && _known.TryGetValue(queue, out var at) && _time.GetElapsedTime(at) < Fresh) return;

        var redis = _redis.Database;
        var groups = from partition in _keys.Partitions
                     from priority in Priorities.All
                     select EnsureGroupAsync(redis, partition.Stream(queue, priority));
        await Task.WhenAll(groups);
        if (await redis.SetAddAsync(_keys.Meta.Queues, queue))
            await redis.PublishAsync(RedisChannel.Literal(_keys.Meta.Changed), $"queue {queue}");
        _known[queue] = _time.GetTimestamp();
    }

    /// <summary>The names of all queues ever used, in alphabetical order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var names = await _redis.Database.SetMembersAsync(_keys.Meta.Queues);
        return [.. names.Select(name => name.ToString()).Order(StringComparer.Ordinal)];
    }

    private static async Task EnsureGroupAsync(IDatabase redis, RedisKey stream)
    {
        try
        {
            await redis.StreamCreateConsumerGroupAsync(stream, "fleet", StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // It is there already.
        }
    }
}

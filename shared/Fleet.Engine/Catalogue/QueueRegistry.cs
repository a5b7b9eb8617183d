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
        if (await redis.SetAddAsync(_keys.Meta.Queues, queue)) await TellAsync(queue);
        _known[queue] = _time.GetTimestamp();
    }

    /// <summary>The names of all queues ever used, in alphabetical order.</summary>
    public async Task<IReadOnlyList<string>> ListAsync()
    {
        var names = await _redis.Database.SetMembersAsync(_keys.Meta.Queues);
        return [.. names.Select(name => name.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of all queues ever used, in alphabetical order, and of those that are paused.</summary>
    public async Task<QueueRoll> CallRollAsync()
    {
        var names = ListAsync();
        var paused = PausedAsync();
        return new QueueRoll(await names, await paused);
    }

    /// <summary>The names of the queues that are paused.</summary>
    public async Task<IReadOnlySet<string>> PausedAsync() =>
        (await _redis.Database.SetMembersAsync(_keys.Meta.Paused)).Select(name => name.ToString()).ToHashSet();

    /// <summary>Has the workers take nothing more from a queue; what they execute goes on. A queue that was never used is made.</summary>
    public async Task PauseAsync(string queue)
    {
        await EnsureAsync(queue);
        await Scripts.Mark.Call(0, [_keys.Meta.Paused], [queue]).EvaluateAsync(_redis.Database);
        await TellAsync(queue);
    }

    /// <summary>Has the workers take runs from a queue again.</summary>
    public async Task ResumeAsync(string queue)
    {
        await _redis.Database.SetRemoveAsync(_keys.Meta.Paused, queue);
        await TellAsync(queue);
    }

    /// <summary>Tells the workers to look at the queues again.</summary>
    private Task<long> TellAsync(string queue) => _redis.Database.PublishAsync(RedisChannel.Literal(_keys.Meta.Changed), $"queue {queue}");

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

/// <summary>The queues at one moment.</summary>
/// <param name="Names">All queues ever used, in alphabetical order.</param>
/// <param name="Paused">Those of which nobody takes runs until they are resumed.</param>
public sealed record QueueRoll(IReadOnlyList<string> Names, IReadOnlySet<string> Paused);

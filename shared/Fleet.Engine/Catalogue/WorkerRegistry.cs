using System.Text.Json;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>The workers that live, as each says of itself every few seconds.</summary>
public sealed class WorkerRegistry
{
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;

    internal WorkerRegistry(FleetKeys keys, RedisConnection redis)
    {
        _keys = keys;
        _redis = redis;
    }

    /// <summary>Says that a worker lives and what it does. When, Redis notes.</summary>
    /// <returns>True when the fleet did not know it, or does not any more: what else it had announced may be lost too.</returns>
    public async Task<bool> AnnounceAsync(WorkerInfo worker)
    {
        var facts = JsonSerializer.SerializeToUtf8Bytes(worker, FleetJson.Options);
        var call = Scripts.Announce.Call(0, [_keys.Meta.Workers, _keys.Meta.Seen], [worker.Id, facts]);
        return (int)await call.EvaluateAsync(_redis.Database) == 1;
    }

    /// <summary>Says that a worker has gone.</summary>
    public async Task RemoveAsync(string id)
    {
        var redis = _redis.Database;
        await Task.WhenAll(
            redis.HashDeleteAsync(_keys.Meta.Workers, id), redis.SortedSetRemoveAsync(_keys.Meta.Seen, id), RelieveAsync(id));
    }

    /// <summary>Tells a worker to take nothing more until it is started anew; what it executes goes on. False when there is no such worker.</summary>
    public async Task<bool> DrainAsync(string id)
    {
        var redis = _redis.Database;
        if (!await redis.HashExistsAsync(_keys.Meta.Workers, id)) return false;
        // The mark reaches a worker that does not hear the message.
        await Scripts.Mark.Call(0, [_keys.Meta.Draining], [id]).EvaluateAsync(redis);
        await redis.PublishAsync(RedisChannel.Literal(_keys.Meta.Changed), $"drain {id}");
        return true;
    }

    /// <summary>Whether a worker was told to take nothing more.</summary>
    public Task<bool> IsDrainingAsync(string id) => _redis.Database.SetContainsAsync(_keys.Meta.Draining, id);

    /// <summary>Forgets that a worker of this name was told to take nothing more: it starts anew.</summary>
    public Task RelieveAsync(string id) => _redis.Database.SetRemoveAsync(_keys.Meta.Draining, id);

    /// <summary>Forgets workers that have not been seen for this long.</summary>
    public async Task ForgetAsync(TimeSpan unseen)
    {
        var redis = _redis.Database;
        var before = (await NowAsync(redis) - unseen).ToUnixTimeMilliseconds();
        foreach (var id in await redis.SortedSetRangeByScoreAsync(_keys.Meta.Seen, stop: before)) await RemoveAsync(id.ToString());
        // One may have left just as it was told to drain.
        foreach (var id in await redis.SetMembersAsync(_keys.Meta.Draining))
        {
            if (!await redis.HashExistsAsync(_keys.Meta.Workers, id)) await RelieveAsync(id.ToString());
        }
    }

    /// <summary>The workers, by name.</summary>
    public async Task<IReadOnlyList<WorkerInfo>> ListAsync()
    {
        var entries = _redis.Database.HashGetAllAsync(_keys.Meta.Workers);
        var seen = _redis.Database.SortedSetRangeByRankWithScoresAsync(_keys.Meta.Seen);
        var told = await _redis.Database.SetMembersAsync(_keys.Meta.Draining);
        var times = (await seen).ToDictionary(entry => entry.Element.ToString(), entry => DateTimeOffset.FromUnixTimeMilliseconds((long)entry.Score));
        return [.. (await entries).Select(entry => JsonSerializer.Deserialize<WorkerInfo>((byte[])entry.Value!, FleetJson.Options)!)
            // Without a time it is one that leaves just now.
            .Where(worker => times.ContainsKey(worker.Id))
            .Select(worker => worker with
            {
                LastSeenAt = times[worker.Id],
                // A worker says itself how it stands; one that was told to drain a moment ago has not said so yet.
                State = told.Contains(worker.Id) ? WorkerState.Draining : worker.State,
            })
            .OrderBy(worker => worker.Id, StringComparer.Ordinal)];
    }

    /// <summary>The workers, by name, and Redis's time, to see who has been silent for how long.</summary>
    public async Task<WorkerRoll> CallRollAsync()
    {
        var workers = ListAsync();
        return new WorkerRoll(await NowAsync(_redis.Database), await workers);
    }

    private static async Task<DateTimeOffset> NowAsync(IDatabase redis)
    {
        var time = (string[])(await redis.ExecuteAsync("TIME"))!;
        return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000);
    }
}

/// <summary>The workers at one moment.</summary>
/// <param name="At">The moment, by Redis's clock.</param>
/// <param name="Workers">The workers, by name.</param>
public sealed record WorkerRoll(DateTimeOffset At, IReadOnlyList<WorkerInfo> Workers);

using System.Globalization;
using Fleet.Engine.Catalogue;
using Fleet.Hangfire.Layout;
using Fleet.Hangfire.Storage;
using StackExchange.Redis;

namespace Fleet.Hangfire;

/// <summary>Shows the workers as servers.</summary>
internal sealed class Servers(HangfireKeys keys, PictureStore store, WorkerRegistry workers)
{
    /// <summary>Writes every worker, and takes away those that have gone.</summary>
    public async Task WriteAsync()
    {
        var shown = store.ShownServersAsync();
        var living = (await workers.ListAsync()).ToDictionary(worker => History.ServerId(worker.Id));
        var writes = new Writes().Always();
        foreach (var (id, worker) in living)
        {
            writes.Do("SADD", keys.Servers, id);
            writes.Do("HSET", keys.Server(id),
                "WorkerCount", worker.Slots.ToString(CultureInfo.InvariantCulture),
                "StartedAt", Timestamp.Of(worker.StartedAt),
                "Heartbeat", Timestamp.Of(worker.LastSeenAt));
            writes.Replace(keys.ServerQueues(id), "RPUSH", [.. worker.Queues.Select(queue => (RedisValue)QueueName.Of(queue))]);
        }

        foreach (var id in (await shown).Where(id => !living.ContainsKey(id)))
            writes.Do("SREM", keys.Servers, id).Do("DEL", keys.Server(id), keys.ServerQueues(id));
        await store.WriteAsync(writes);
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>
/// Follows the timelines of runs, live. However many watch a run, the process subscribes to its channel once, and keeps the run
/// marked as watched, because the scripts publish a run's events only while somebody looks.
/// </summary>
public sealed partial class RunWatcher : BackgroundService
{
    /// <summary>How long a mark holds without being renewed: how long a run is published for nobody after a crash.</summary>
    private static readonly TimeSpan MarkTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RenewInterval = MarkTime / 3;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RunReader _reader;
    private readonly ILogger<RunWatcher> _logger;
    private readonly ConcurrentDictionary<RunId, WatchedRun> _watched = new();
    private readonly SemaphoreSlim _renew = new(0);

    internal RunWatcher(FleetKeys keys, RedisConnection redis, RunReader reader, ILogger<RunWatcher> logger)
    {
        _keys = keys;
        _redis = redis;
        _reader = reader;
        _logger = logger;
        // What was published while the connection was away is found by asking each run for its newest event.
        redis.Restored += (_, _) => _renew.Release();
    }

    /// <summary>Starts to watch a run; null when there is no such run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">The newest event the watcher knows already; 0 for none.</param>
    public async Task<RunWatch?> WatchAsync(RunId id, long after)
    {
        if (_keys.Of(id) is not { } partition) return null;

        // Subscribed, then marked, then read: whatever happens after the snapshot is published to a subscription that stands.
        var watch = await JoinAsync(partition, id);
        try
        {
            var newest = await MarkAsync(partition, [id]);
            if (newest[0] >= 0 && await _reader.EventsAsync(id, after, RunWatch.MostEventsAtOnce) is { } snapshot)
            {
                watch.Begin(snapshot, after);
                return watch;
            }
        }
        catch
        {
            await watch.DisposeAsync();
            throw;
        }

        await watch.DisposeAsync();
        return null;
    }

    /// <summary>Renews the marks of all watched runs, and lets those catch up that are behind.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _renew.WaitAsync(RenewInterval, stoppingToken);
                await RenewAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException)
            {
                LogNotRenewed(e.Message);
            }
        }
    }

    private async Task RenewAsync()
    {
        foreach (var group in _watched.Keys.GroupBy(id => id.Partition))
        {
            foreach (var ids in group.Chunk(256))
            {
                var newest = await MarkAsync(_keys.Partitions[group.Key], ids);
                for (var i = 0; i < ids.Length; i++)
                {
                    if (_watched.TryGetValue(ids[i], out var run)) run.Publish(new RunMessage([], newest[i]));
                }
            }
        }
    }

    private async Task<long[]> MarkAsync(PartitionKeys partition, RunId[] ids)
    {
        var call = Scripts.Watch.Call(ids.Length, [], [(long)MarkTime.TotalMilliseconds]);
        foreach (var id in ids) call.Add([partition.Run(id)]);
        return (long[])(await call.EvaluateAsync(_redis.Database))!;
    }

    private async Task<RunWatch> JoinAsync(PartitionKeys partition, RunId id)
    {
        while (true)
        {
            var run = _watched.GetOrAdd(id, _ => new WatchedRun(() => SubscribeAsync(partition, id)));
            var watch = new RunWatch(id, _reader, watch => LeaveAsync(partition, id, run, watch));
            if (!run.TryAdd(watch)) continue; // The last watcher left just now, and its subscription goes with it.
            try
            {
                await run.Subscribed;
                return watch;
            }
            catch
            {
                await watch.DisposeAsync();
                throw;
            }
        }
    }

    private async Task SubscribeAsync(PartitionKeys partition, RunId id)
    {
        // A queue keeps a channel's messages in order.
        var messages = await _redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.RunChannel(id)));
        messages.OnMessage(message =>
        {
            if (_watched.TryGetValue(id, out var run)) run.Publish(RunMessage.Parse(message.Message!));
        });
    }

    private async ValueTask LeaveAsync(PartitionKeys partition, RunId id, WatchedRun run, RunWatch watch)
    {
        if (!run.Remove(watch)) return;
        _watched.TryRemove(new KeyValuePair<RunId, WatchedRun>(id, run));
        try
        {
            await _redis.Subscriber.UnsubscribeAsync(RedisChannel.Sharded(partition.RunChannel(id)));
            // Somebody may have come between the two lines, whose subscription the second one took away.
            if (_watched.ContainsKey(id)) await SubscribeAsync(partition, id);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            LogNotUnsubscribed(id, e.Message);
        }
    }

    [LoggerMessage(1201, LogLevel.Warning, "Watched runs were not marked anew: {Reason}")]
    private partial void LogNotRenewed(string reason);

    [LoggerMessage(1202, LogLevel.Information, "Run {Run} stays subscribed until the connection ends: {Reason}")]
    private partial void LogNotUnsubscribed(RunId run, string reason);

    /// <summary>A run that is watched in this process, and by whom.</summary>
    private sealed class WatchedRun(Func<Task> subscribeAsync)
    {
        private readonly Lock _lock = new();
        private readonly Lazy<Task> _subscribed = new(subscribeAsync);
        private RunWatch[] _watches = [];
        private bool _closed;

        public Task Subscribed => _subscribed.Value;

        /// <summary>False when the last watch has left: this object is then done for.</summary>
        public bool TryAdd(RunWatch watch)
        {
            lock (_lock)
            {
                if (_closed) return false;
                _watches = [.. _watches, watch];
                return true;
            }
        }

        /// <summary>True when that was the last watch.</summary>
        public bool Remove(RunWatch watch)
        {
            lock (_lock)
            {
                if (_closed) return false;
                _watches = [.. _watches.Where(other => other != watch)];
                return _closed = _watches.Length == 0;
            }
        }

        public void Publish(RunMessage message)
        {
            foreach (var watch in _watches) watch.Publish(message);
        }
    }
}

/// <summary>What a run's channel said: events, and the newest there is.</summary>
internal sealed record RunMessage(IReadOnlyList<RunEvent> Events, long Newest)
{
    public static RunMessage Parse(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var events = new List<RunEvent>(document.RootElement.GetArrayLength());
        foreach (var item in document.RootElement.EnumerateArray())
        {
            events.Add(new RunEvent(
                item.GetProperty("seq").GetInt64(),
                EventTypes.Parse(item.GetProperty("type").GetString()),
                DateTimeOffset.FromUnixTimeMilliseconds(item.GetProperty("at").GetInt64()),
                item.GetProperty("attempt").GetInt32(),
                EventData.ToWire(item.GetProperty("data").Clone())));
        }

        return new RunMessage(events, events[^1].Seq);
    }
}

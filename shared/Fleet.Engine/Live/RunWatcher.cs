using System.Collections.Concurrent;
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

    /// <summary>How soon marks are tried again that could not be renewed.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private const int RunsPerCall = 256;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RunReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger<RunWatcher> _logger;
    private readonly ConcurrentDictionary<RunId, WatchedRun> _watched = new();
    private readonly SemaphoreSlim _renew = new(0);

    internal RunWatcher(FleetKeys keys, RedisConnection redis, RunReader reader, TimeProvider time, ILogger<RunWatcher> logger)
    {
        _keys = keys;
        _redis = redis;
        _reader = reader;
        _time = time;
        _logger = logger;
        // What was published while the connection was away is found by asking each run for its newest event.
        redis.Restored += (_, _) => _renew.Release();
    }

    /// <summary>How many watches there are, of all runs.</summary>
    public int Watches => _watched.Values.Sum(run => run.Count);

    /// <summary>Starts to watch a run; null when there is no such run.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">The newest event the watcher knows already; 0 for none.</param>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<RunWatch?> WatchAsync(RunId id, long after)
    {
        if (_keys.Of(id) is not { } partition) return null;

        // Subscribed, then marked: whatever happens after the newest event that the mark's answer names is published to a subscription
        // that stands. The snapshot is asked for together with the mark; where it is older than the mark, the watch reads on.
        var watch = await JoinAsync(partition, id);
        try
        {
            var marking = MarkAsync(partition, [id]);
            var reading = _reader.EventsAsync(id, after, RunWatch.MostEventsAtOnce);
            await Task.WhenAll(marking, reading);
            var newest = (await marking)[0];
            if (newest >= 0 && await reading is { } snapshot)
            {
                watch.Begin(snapshot, newest);
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

    /// <summary>Tells those who watch a run here how many watch it everywhere.</summary>
    internal void TellWatchers(RunId id, int count)
    {
        if (_watched.TryGetValue(id, out var run)) run.Publish(RunMessage.OfWatchers(count));
    }

    /// <summary>Renews the marks of all watched runs, and lets those catch up that are behind.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = RenewInterval;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _renew.WaitAsync(pause, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = await RenewAsync() ? RenewInterval : RetryInterval;
        }
    }

    /// <summary>False when some marks could not be renewed.</summary>
    private async Task<bool> RenewAsync()
    {
        try
        {
            // An answer on the subscriptions' own connection: those it lost stand again before the newest events are asked for.
            await _redis.Subscriber.PingAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            LogNotRenewed(e.Message);
            return false;
        }

        var all = true;
        foreach (var partition in _watched.Keys.GroupBy(id => id.Partition))
        {
            foreach (var ids in partition.Chunk(RunsPerCall)) all &= await RenewAsync(_keys.Of(ids[0])!, ids);
        }

        return all;
    }

    private async Task<bool> RenewAsync(PartitionKeys partition, RunId[] ids)
    {
        try
        {
            var newest = await MarkAsync(partition, ids);
            for (var i = 0; i < ids.Length; i++)
            {
                if (_watched.TryGetValue(ids[i], out var run)) run.Publish(new RunMessage([], newest[i]));
            }

            return true;
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // One partition may be away while the others are not.
            LogNotRenewed(e.Message);
            return false;
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
            var run = _watched.GetOrAdd(id, _ => new WatchedRun(run => SubscribeAsync(partition, id, run), run => Forget(id, run)));
            var watch = new RunWatch(id, _reader, _time, watch => LeaveAsync(run, watch));
            // False when the last watcher left just now, and the subscription with it.
            if (await run.JoinAsync(watch)) return watch;
        }
    }

    private async Task<ChannelMessageQueue> SubscribeAsync(PartitionKeys partition, RunId id, WatchedRun run)
    {
        // A queue keeps a channel's messages in order.
        var messages = await _redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.RunChannel(id)));
        messages.OnMessage(message => run.Publish(RunMessage.Parse(message.Message!)));
        return messages;
    }

    private async Task LeaveAsync(WatchedRun run, RunWatch watch)
    {
        try
        {
            await run.LeaveAsync(watch);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            LogNotUnsubscribed(watch.Id, e.Message);
        }
    }

    private void Forget(RunId id, WatchedRun run) => _watched.TryRemove(new KeyValuePair<RunId, WatchedRun>(id, run));

    [LoggerMessage(1201, LogLevel.Warning, "Watched runs were not marked anew: {Reason}")]
    private partial void LogNotRenewed(string reason);

    [LoggerMessage(1202, LogLevel.Information, "Run {Run} stays subscribed until the connection ends: {Reason}")]
    private partial void LogNotUnsubscribed(RunId run, string reason);
}

using System.Globalization;
using System.Threading.Channels;
using Fleet.Engine.Bulk;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Sweeping;

/// <summary>
/// The periodic work that no run asks for: queues runs that are due, has schedules tick, puts back those whose worker was lost, ends those
/// that were not started in time, forgets those that were kept long enough. Any process may do it; a lock keeps it to one at a time, to save
/// work and not to guard anything: every step may be done twice.
/// </summary>
/// <remarks>
/// It sleeps until the next run is due, a schedule ticks, or the next round of the slower work, and is woken when something comes sooner.
/// </remarks>
internal sealed partial class Sweeper(
    FleetKeys keys,
    RedisConnection redis,
    QueueRegistry queues,
    WorkerRegistry workers,
    RunStore runs,
    ScheduleTicker ticker,
    IOptions<FleetOptions> options,
    TimeProvider time,
    ILogger<Sweeper> logger) : BackgroundService
{
    private const int RunsPerCall = 256;

    /// <summary>How many workers a run may take down before it is failed.</summary>
    private const int LossesAllowed = 3;

    /// <summary>How long the lock outlives its holder: how late the sweep may be after a crash.</summary>
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(3);

    /// <summary>How much time each process leaves to another to ask for a lock that has lapsed.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(250);

    /// <summary>Within this time of its return, everybody has reached Redis again.</summary>
    private static readonly TimeSpan ShortestAmnesty = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetentionInterval = TimeSpan.FromSeconds(10);

    private readonly string _me = Guid.NewGuid().ToString("N");

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(keys.Partitions.Append(keys.System).Select(partition => SweepAsync(partition, stoppingToken)));

    private async Task SweepAsync(PartitionKeys partition, CancellationToken cancellation)
    {
        var woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var listens = false;
        var recoverNext = After(await UntilFairAsync());
        var retainNext = time.GetTimestamp();
        var consumers = new DeadConsumers(redis, options);
        while (!cancellation.IsCancellationRequested)
        {
            var pause = LockTime / 3;
            try
            {
                if (!listens) await redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.Sweep), (_, _) => woken.Writer.TryWrite(true));
                listens = true;
                var taken = await HoldLockAsync(partition);
                if (taken > TimeSpan.Zero) pause = taken;
                else
                {
                    // First, because a tick's run is mostly due at once, and queued by the tick itself.
                    pause = Shorter(pause, await ticker.TickAsync(partition));
                    // What is too late to start must not be started because it came due in the same moment.
                    pause = Shorter(pause, await ExpireAsync(partition));
                    pause = Shorter(pause, await PromoteAsync(partition));
                    if (IsOver(ref recoverNext, options.Value.Lease / 3)) await RecoverAsync(partition);
                    if (IsOver(ref retainNext, RetentionInterval))
                    {
                        await ForgetAsync(partition);
                        await consumers.RemoveAsync(await LinesAsync(partition));
                    }
                }
            }
            catch (Exception e) when (RedisFailure.Is(e))
            {
                LogPostponed(e.Message);
                if (!RedisFailure.IsForGood(e) && !RedisFailure.IsFull(e)) recoverNext = After(Amnesty);
            }
#pragma warning disable CA1031 // A process that does other work as well must not end because of one sweep, and the next one may do better.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogUnexpected(e);
            }

            await SleepAsync(pause, woken.Reader, cancellation);
        }

        await GiveUpLockAsync(partition);
    }

    /// <summary>
    /// How long leases do not count after Redis was away: nobody could renew one then, and workers that are back keep their runs and
    /// report how they ended.
    /// </summary>
    private TimeSpan Amnesty => options.Value.Lease > ShortestAmnesty ? options.Value.Lease : ShortestAmnesty;

    /// <summary>How much of the amnesty is left when this process starts: another process may have seen Redis away, this one sees since when it is up.</summary>
    private async Task<TimeSpan> UntilFairAsync()
    {
        const string Field = "uptime_in_seconds:";
        try
        {
            var facts = (string?)await redis.Database.ExecuteAsync("INFO", "server") ?? "";
            var uptime = facts.Split('\n').FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?[Field.Length..];
            return double.TryParse(uptime, CultureInfo.InvariantCulture, out var seconds) && seconds < Amnesty.TotalSeconds
                ? Amnesty - TimeSpan.FromSeconds(seconds)
                : TimeSpan.Zero;
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            return Amnesty;
        }
    }

    /// <summary>Asks for the lock, or for more time with it; returns when to ask again because another process has it, zero when this one does.</summary>
    /// <remarks>
    /// <para>
    /// It cannot be had before it lapses, and who gives it up says so. From then on the first to ask has it, so the more there are, the longer
    /// each may leave that to the others: somebody asks after a <see cref="Turn"/> or so, and not all of them every time.
    /// </para>
    /// <para>
    /// A script: the client's own lock calls are transactions, which may never end when the connection breaks under them, and a plain
    /// SET is refused by a Redis that is full, which the sweep is to make room in.
    /// </para>
    /// </remarks>
    private async Task<TimeSpan> HoldLockAsync(PartitionKeys partition)
    {
        var call = Scripts.Hold.Call(0, [partition.SweepLock, partition.Sweep], [_me, (long)LockTime.TotalMilliseconds]);
        var reply = (long[])(await call.EvaluateAsync(redis.Database))!;
        var (left, listeners) = (TimeSpan.FromMilliseconds(reply[0]), reply[1]);
        return left == TimeSpan.Zero ? left : left + Turn * (listeners * Random.Shared.NextDouble());
    }

    private async Task GiveUpLockAsync(PartitionKeys partition)
    {
        try
        {
            if (!await IsMineAsync(partition)) return;
            await redis.Database.KeyDeleteAsync(partition.SweepLock);
            await redis.Subscriber.PublishAsync(RedisChannel.Sharded(partition.Sweep), RedisValue.EmptyString);
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is ObjectDisposedException)
        {
            // It lapses by itself.
        }
    }

    private async Task<bool> IsMineAsync(PartitionKeys partition) => await redis.Database.StringGetAsync(partition.SweepLock) == _me;

    /// <summary>Queues what is due; returns how long until the next run is.</summary>
    internal Task<TimeSpan> PromoteAsync(PartitionKeys partition) => UntilNextAsync(() =>
        Scripts.Promote.Call(0, [partition.Events, partition.Feed, partition.Due],
            [options.Value.Limits.FeedBatches, partition.RunPrefix, partition.QueuePrefix, RunsPerCall]));

    /// <summary>Ends what was not started by its deadline; returns how long until the next deadline.</summary>
    internal Task<TimeSpan> ExpireAsync(PartitionKeys partition) => UntilNextAsync(() =>
        Scripts.Expire.Call(0,
            [partition.Events, partition.Feed, partition.Due, partition.Expiring, partition.Active, partition.Retained,
                partition.Kept(options.Value.Retention.Others), partition.Final(RunState.Expired)],
            [partition.StatsPrefix, options.Value.Limits.FeedBatches, partition.RunPrefix, partition.QueuePrefix, RunsPerCall]));

    /// <summary>Calls a script that does what has come due and replies with how many that were and when the next is, until nothing is left.</summary>
    private async Task<TimeSpan> UntilNextAsync(Func<ScriptCall> prepare)
    {
        while (true)
        {
            var call = prepare();
            var reply = (long[])(await call.EvaluateAsync(redis.Database))!;
            if (reply[1] != 0 && reply[0] < RunsPerCall)
                return reply[1] < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(reply[1]);
        }
    }

    internal async Task RecoverAsync(PartitionKeys partition)
    {
        await workers.ForgetAsync(options.Value.Lease);
        var names = await QueuesAsync(partition);
        if (names.Count == 0) return;

        var call = Scripts.Recover.Call(names.Count * Priorities.All.Count,
            [partition.Events, partition.Feed, partition.Active, partition.Retained, partition.Kept(options.Value.Retention.Others),
                partition.Final(RunState.Failed), partition.Final(RunState.Cancelled)],
            [partition.StatsPrefix, options.Value.Limits.FeedBatches, partition.RunPrefix,
                (long)options.Value.Lease.TotalMilliseconds, LossesAllowed, RunsPerCall]);
        foreach (var queue in names)
        {
            foreach (var priority in Priorities.All) call.Add([partition.Stream(queue, priority)]);
        }

        int lapsed;
        do
        {
            lapsed = (int)await call.EvaluateAsync(redis.Database);
            if (lapsed > 0) LogRecovered(lapsed);
        }
        while (lapsed == RunsPerCall);
    }

    /// <summary>Forgets runs that were kept long enough, from the old end of each retention stream.</summary>
    internal async Task ForgetAsync(PartitionKeys partition)
    {
        var database = redis.Database;
        foreach (var name in await database.SetMembersAsync(partition.Retained))
        {
            var kept = (RedisKey)name.ToString();
            var retention = partition.Retention(kept);
            var oldest = await database.StreamRangeAsync(kept, "-", "+", 1);
            while (oldest.Length > 0 && await IsOlderAsync(oldest[0].Id, retention))
            {
                // What was retried since has a later end of its own, and an entry for that one.
                await runs.DeleteAsync(SplitIds(oldest[0]["ids"].ToString()), DateTimeOffset.FromUnixTimeMilliseconds(TimeOf(oldest[0].Id)));
                await database.StreamDeleteAsync(kept, [oldest[0].Id]);
                oldest = await database.StreamRangeAsync(kept, "-", "+", 1);
            }

            if (oldest.Length == 0) await Scripts.Unretain.Call(0, [partition.Retained, kept], []).EvaluateAsync(database);
        }
    }

    private async Task<IReadOnlyList<string>> QueuesAsync(PartitionKeys partition) =>
        partition == keys.System ? [SystemRuns.Queue] : await queues.ListAsync();

    internal async Task<IReadOnlyList<WaitingLine>> LinesAsync(PartitionKeys partition) =>
        [.. from queue in await QueuesAsync(partition) from priority in Priorities.All select new WaitingLine(partition, queue, priority)];

    private async Task<bool> IsOlderAsync(RedisValue entry, TimeSpan age)
    {
        var server = (string[])(await redis.Database.ExecuteAsync("TIME"))!;
        return long.Parse(server[0], provider: null) * 1000 - TimeOf(entry) > age.TotalMilliseconds;
    }

    /// <summary>When an entry was made, in ms: its id begins with that.</summary>
    private static long TimeOf(RedisValue entry)
    {
        var id = entry.ToString();
        return long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), provider: null);
    }

    private static List<RunId> SplitIds(string ids) =>
        [.. Enumerable.Range(0, ids.Length / RunId.TextLength)
            .Select(i => RunId.Parse(ids.AsSpan(i * RunId.TextLength, RunId.TextLength)))];

    private bool IsOver(ref long next, TimeSpan interval)
    {
        var now = time.GetTimestamp();
        if (now < next) return false;
        next = After(interval);
        return true;
    }

    /// <summary>The timestamp that it will be then.</summary>
    private long After(TimeSpan interval) => time.GetTimestamp() + (long)(interval.TotalSeconds * time.TimestampFrequency);

    private async Task SleepAsync(TimeSpan pause, ChannelReader<bool> woken, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            await woken.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the process ends.
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    [LoggerMessage(1101, LogLevel.Warning, "{Count} runs were put back: their workers were not heard of for longer than the lease")]
    private partial void LogRecovered(int count);

    [LoggerMessage(1102, LogLevel.Warning, "The sweep waits for Redis: {Reason}")]
    private partial void LogPostponed(string reason);

    [LoggerMessage(1103, LogLevel.Error, "The sweep met what it did not expect; it goes on")]
    private partial void LogUnexpected(Exception e);
}

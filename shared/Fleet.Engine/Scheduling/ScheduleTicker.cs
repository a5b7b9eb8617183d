using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Scheduling;

/// <summary>Makes the ticks of schedules: creates their runs. Any number may do it at the same time; each tick is made once.</summary>
/// <remarks>
/// It reads which schedules are due, decides about each which ticks are to be made (<see cref="TicksToMake"/>), and has a script make
/// them and move the schedule's next tick in one step. Whoever comes too late, be it by an hour, is refused by that script.
/// </remarks>
internal sealed partial class ScheduleTicker(
    RedisConnection redis, RedisClock clock, QueueRegistry queues, RunStore runs, IOptions<FleetOptions> options,
    ILogger<ScheduleTicker> logger)
{
    /// <summary>How many missed ticks are made up for at most.</summary>
    public const int MostMadeUp = 1000;

    private const int SchedulesPerCall = 64;

    /// <summary>Enough to spread the cost of a call, few enough not to hold up others.</summary>
    private const int TicksPerCall = 128;

    /// <summary>How late a tick may be made without being missed.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>How soon a schedule is tried again that could not be understood here.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    /// <summary>Makes the ticks of a partition that are due; returns how long until the next one is.</summary>
    public async Task<TimeSpan> TickAsync(PartitionKeys partition)
    {
        while (true)
        {
            var (now, names, pause) = await DueAsync(partition);
            if (names.Count == 0) return pause;
            var isDone = true;
            foreach (var name in names) isDone &= await TickAsync(partition, name, now);
            if (!isDone) return pause < RetryPause ? pause : RetryPause;
        }
    }

    /// <summary>Makes the ticks of one schedule that are due; false when they cannot be made here.</summary>
    public async Task<bool> TickAsync(PartitionKeys partition, string name, long now)
    {
        try
        {
            if (await ScheduleRecord.ReadAsync(redis.Database, partition.Schedule(name), name) is not { } schedule) return false;
            // What another has made or changed meanwhile is read anew in the next round.
            await MakeAsync(partition, schedule, now);
            return true;
        }
        // A Redis that is full takes no new runs, but whatever else the sweep does must go on.
        catch (Exception e) when (e is FormatException or JsonException or InvalidCastException || RedisFailure.IsFull(e) || RedisFailure.IsForGood(e))
        {
            LogPutOff(name, e.Message);
            return false;
        }
    }

    /// <summary>Makes the ticks that a schedule, as it was read, has until now; false when another was faster.</summary>
    internal async Task<bool> MakeAsync(PartitionKeys partition, ScheduleRecord schedule, long now)
    {
        if (schedule.Next is not { } due || due > now || schedule.IsPaused) return true;
        var (ticks, next) = TicksToMake(schedule, now);
        if (ticks.Count > 0) await queues.EnsureAsync(schedule.Run.Queue);
        if (ticks.Count > 0 && schedule.Rule.Overlap == Overlap.CancelPrevious && schedule.Runs.Count > 0) await runs.CancelAsync(schedule.Runs);

        var made = 0;
        var expected = due;
        // At least one call, because the next tick moves also where none is made.
        for (var done = 0; done == 0 || done < ticks.Count; done += TicksPerCall)
        {
            var batch = ticks.Skip(done).Take(TicksPerCall).Select(tick => ScheduledRun.Of(schedule, tick, partition.Index)).ToList();
            var following = done + TicksPerCall < ticks.Count ? ticks[done + TicksPerCall] : next;
            if (await CallAsync(partition, schedule, expected, following, batch) is not { } count) return false;
            made += count;
            expected = following ?? 0;
        }

        if (ticks.Count > 1) LogCaughtUp(schedule.Name, made);
        return true;
    }

    /// <summary>Creates a run out of turn, once for an order; null when the schedule was changed since it was read.</summary>
    public async Task<EnqueueResult?> TriggerAsync(PartitionKeys partition, ScheduleRecord schedule, RunSpec run, TriggerOrder? order)
    {
        await queues.EnsureAsync(schedule.Run.Queue);
        var id = order is null ? RunId.New(clock.Now, partition.Index) : ScheduledRun.IdOf(schedule, order, partition.Index);
        var call = Call(partition, schedule, null, null, Overlap.Allow, 1);
        call.Add([partition.Run(id)], [id.UnixMilliseconds, 0, run.Options.Write()]);
        var reply = (long[])(await call.EvaluateAsync(redis.Database))!;
        clock.Observe(reply[0]);
        if (reply[1] == 0) return null;
        // An order that was carried out already has its run.
        var made = reply[2] == 1;
        if (made) FleetMetrics.Accepted.Add(1);
        return new EnqueueResult(made ? EnqueueOutcome.Accepted : EnqueueOutcome.Duplicate, id, DateTimeOffset.FromUnixTimeMilliseconds(reply[0]));
    }

    /// <summary>Which ticks are to be made now, in order, and which one is the next after them.</summary>
    internal static (IReadOnlyList<long> Ticks, long? Next) TicksToMake(ScheduleRecord schedule, long now)
    {
        var (table, rule) = (schedule.Timetable, schedule.Rule);
        // Runs that would be cancelled by the next tick at once are not created in the first place.
        var most = rule.Missed == Missed.All && rule.Overlap != Overlap.CancelPrevious ? MostMadeUp : 1;
        var due = schedule.Next!.Value;
        // What was announced is made, also where the zone's rules have changed since.
        IReadOnlyList<long> ticks = [.. table.Newest(due, now, most).Prepend(due).TakeLast(most)];
        if (rule.Missed == Missed.Skip && now - ticks[^1] > Grace.TotalMilliseconds) ticks = [];
        return (ticks, table.Next(now));
    }

    /// <summary>Which schedules of a partition are due, and how long until another is.</summary>
    internal async Task<(long Now, IReadOnlyList<string> Names, TimeSpan Pause)> DueAsync(PartitionKeys partition)
    {
        var reply = await Scripts.Ticks.Call(0, [partition.Ticks], [SchedulesPerCall]).EvaluateAsync(redis.Database);
        var (now, pause) = ((long)reply[0], (long)reply[1]);
        clock.Observe(now);
        return (now, [.. Enumerable.Range(2, reply.Length - 2).Select(i => (string)reply[i]!)], pause < 0 ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(pause));
    }

    /// <summary>How many runs were created; null when the schedule is not as it was read.</summary>
    private async Task<int?> CallAsync(PartitionKeys partition, ScheduleRecord schedule, long tick, long? next, List<ScheduledRun> batch)
    {
        var call = Call(partition, schedule, tick, next, schedule.Rule.Overlap, batch.Count);
        foreach (var run in batch) call.Add([partition.Run(run.Id)], [run.Tick, run.Due, run.Options(schedule).Write()]);
        var reply = (long[])(await call.EvaluateAsync(redis.Database))!;
        clock.Observe(reply[0]);
        if (reply[1] == 0) return null;
        var made = reply.Skip(2).Count(run => run == 1);
        FleetMetrics.Accepted.Add(made);
        return made;
    }

    private ScriptCall Call(PartitionKeys partition, ScheduleRecord schedule, long? tick, long? next, Overlap overlap, int count) =>
        Scripts.Tick.Call(count,
            [partition.Schedule(schedule.Name), partition.Ticks, partition.Sweep, partition.Active, partition.Due, partition.Expiring,
                partition.Events, partition.Feed],
            [partition.StatsPrefix, options.Value.Limits.FeedBatches, schedule.Name, schedule.Version, TimeOrNone(tick), TimeOrNone(next), overlap.Name(),
                partition.QueuePrefix]);

    private static RedisValue TimeOrNone(long? time) => time is { } at ? at : "";

    [LoggerMessage(1111, LogLevel.Warning, "The schedule {Name} cannot tick here and is put off: {Reason}")]
    private partial void LogPutOff(string name, string reason);

    [LoggerMessage(1112, LogLevel.Information, "The schedule {Name} made up for missed ticks: {Count} runs")]
    private partial void LogCaughtUp(string name, int count);
}

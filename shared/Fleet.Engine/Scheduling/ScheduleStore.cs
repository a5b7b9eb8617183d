using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Scheduling;

/// <summary>What callers do to schedules.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class ScheduleStore
{
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly ScheduleTicker _ticker;

    internal ScheduleStore(FleetKeys keys, RedisConnection redis, RedisClock clock, ScheduleTicker ticker)
    {
        _keys = keys;
        _redis = redis;
        _clock = clock;
        _ticker = ticker;
    }

    /// <summary>What Redis's clock shows, as far as this process knows.</summary>
    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_clock.Now);

    /// <summary>The next ten times of a schedule that would be created now with a rule that has no faults.</summary>
    public IReadOnlyList<DateTimeOffset> Preview(ScheduleRule rule)
    {
        var now = _clock.Now;
        var timetable = rule.Timetable(DateTimeOffset.FromUnixTimeMilliseconds(now));
        return [.. timetable.After(now, ScheduleRecord.TimesTold).Select(DateTimeOffset.FromUnixTimeMilliseconds)];
    }

    /// <summary>A schedule; null when there is none of this name.</summary>
    public Task<ScheduleRecord?> GetAsync(string name) =>
        ScheduleRecord.ReadAsync(_redis.Database, _keys.OfSchedule(name).Schedule(name), name);

    /// <summary>The names of all schedules, in alphabetical order.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync()
    {
        var names = await Task.WhenAll(_keys.Partitions.Select(partition => _redis.Database.SetMembersAsync(partition.Schedules)));
        return [.. names.SelectMany(set => set).Select(name => name.ToString()).Order(StringComparer.Ordinal)];
    }

    /// <summary>All schedules, by name.</summary>
    public async Task<IReadOnlyList<ScheduleRecord>> ListAsync() =>
        [.. (await Task.WhenAll((await NamesAsync()).Select(GetAsync))).OfType<ScheduleRecord>()];

    /// <summary>
    /// Creates a schedule or replaces it, and moves its next tick at once. One that ticks at the same times as before goes on where it
    /// is; otherwise the ticks that were due until now are the old one's, and those after now the new one's.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="rule">When it ticks; a rule without faults.</param>
    /// <param name="run">The runs that it creates.</param>
    /// <param name="paused">Whether it is paused; null means as it was.</param>
    public async Task<SchedulePut> PutAsync(string name, ScheduleRule rule, RunSpec run, bool? paused)
    {
        var isSettled = false;
        while (true)
        {
            var (now, old) = (await ReadNowAsync(), await GetAsync(name));
            var goesOn = old is not null && old.Rule.TicksLike(rule);
            if (old is { IsPaused: false } && old.Next <= now && !goesOn && !isSettled)
            {
                // Only once: one that cannot tick here can still be replaced.
                isSettled = true;
                await _ticker.TickAsync(_keys.OfSchedule(name), name, now);
                continue;
            }

            var created = old?.Created ?? DateTimeOffset.FromUnixTimeMilliseconds(now);
            // Should Redis's clock have been set back: no tick before one that was made.
            var next = goesOn ? old!.Next : rule.Timetable(created).Next(Math.Max(now, old?.Last ?? 0));
            if (await StoreAsync(name, old, paused ?? old?.IsPaused ?? false, next, Fields(rule, run, created)) && await GetAsync(name) is { } stored)
                return new SchedulePut(stored, old is null);
        }
    }

    /// <summary>Stops a schedule's ticks; null when there is no such schedule.</summary>
    public Task<ScheduleRecord?> PauseAsync(string name) => SetPausedAsync(name, true);

    /// <summary>Lets a schedule tick again, and do about the ticks that it did not make what its rule says of missed ones; null when there is no such schedule.</summary>
    public Task<ScheduleRecord?> ResumeAsync(string name) => SetPausedAsync(name, false);

    /// <summary>Creates a run of a schedule out of turn, whatever the schedule does at the moment; null when there is no such schedule.</summary>
    /// <param name="name">The schedule.</param>
    /// <param name="order">Names the request, so that making it twice creates one run; null for one that is made once.</param>
    public async Task<ScheduleTrigger?> TriggerAsync(string name, TriggerOrder? order = null)
    {
        while (await GetAsync(name) is { } schedule)
        {
            var run = ScheduledRun.OutOfTurn(schedule, order);
            if (await _ticker.TriggerAsync(_keys.OfSchedule(name), schedule, run, order) is { } result) return new ScheduleTrigger(run, result);
        }

        return null;
    }

    /// <summary>Forgets a schedule; the runs that it created stay. False when there is no such schedule.</summary>
    public async Task<bool> DeleteAsync(string name)
    {
        var partition = _keys.OfSchedule(name);
        return (int)await Scripts.Unschedule.Call(0, [partition.Schedule(name), partition.Schedules, partition.Ticks], [name])
            .EvaluateAsync(_redis.Database) == 1;
    }

    private async Task<ScheduleRecord?> SetPausedAsync(string name, bool paused)
    {
        while (await GetAsync(name) is { } schedule)
        {
            if (schedule.IsPaused == paused) return schedule;
            if (await StoreAsync(name, schedule, paused, schedule.Next, [])) return await GetAsync(name);
        }

        return null;
    }

    /// <summary>Stores what changed, unless the schedule is not as it was read any more.</summary>
    private async Task<bool> StoreAsync(string name, ScheduleRecord? old, bool paused, long? next, HashEntry[] fields)
    {
        var partition = _keys.OfSchedule(name);
        var call = Scripts.Schedule.Call(fields.Length,
            [partition.Schedule(name), partition.Schedules, partition.Ticks, partition.Sweep],
            [name, old?.Version ?? "", TimeOrNone(old?.Next), paused ? 1 : 0, TimeOrNone(next)]);
        foreach (var field in fields) call.Add([], [field.Name, field.Value]);
        return (int)await call.EvaluateAsync(_redis.Database) == 1;
    }

    private static HashEntry[] Fields(ScheduleRule rule, RunSpec run, DateTimeOffset created) =>
    [
        new(ScheduleFields.Rule, rule.Write()),
        new(ScheduleFields.Job, run.Job),
        new(ScheduleFields.Queue, run.Queue),
        new(ScheduleFields.Priority, (int)run.Priority),
        new(ScheduleFields.MaxAttempts, run.MaxAttempts),
        new(ScheduleFields.Input, run.Input),
        new(ScheduleFields.Options, run.Options.Write()),
        new(ScheduleFields.Created, created.ToUnixTimeMilliseconds()),
    ];

    private async Task<long> ReadNowAsync()
    {
        var time = (string[])(await _redis.Database.ExecuteAsync("TIME"))!;
        var now = long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000;
        _clock.Observe(now);
        return now;
    }

    private static RedisValue TimeOrNone(long? time) => time is { } at ? at : "";
}

/// <summary>What became of a schedule that was put.</summary>
/// <param name="Schedule">The schedule as it is now.</param>
/// <param name="IsNew">Whether there was none of its name.</param>
public sealed record SchedulePut(ScheduleRecord Schedule, bool IsNew);

/// <summary>A request for a run out of turn. The same request, made again, leads to the same run.</summary>
/// <param name="Key">The caller's name for it.</param>
/// <param name="At">When it was made, in the caller's words: part of its name.</param>
/// <param name="Audit">Who asked, for the run's meta.</param>
public sealed record TriggerOrder(string Key, DateTimeOffset At, string? Audit = null);

/// <summary>A run that a schedule created out of turn.</summary>
/// <param name="Run">The run.</param>
/// <param name="Result">What became of it.</param>
public sealed record ScheduleTrigger(RunSpec Run, EnqueueResult Result);

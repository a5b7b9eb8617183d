using System.Globalization;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;

namespace Fleet.Engine.Tests.Scheduling;

/// <summary>One schedule of an engine, and what the tests say to it. Its clock is Redis's, so it is the schedule that is moved in time.</summary>
internal sealed class ScheduleBench(Engine engine, string name = "nightly")
{
    public static readonly ScheduleRule Hourly = new() { Every = TimeSpan.FromHours(1) };

    public Engine Engine { get; } = engine;

    public string Name { get; } = name;

    public ScheduleStore Store => Engine.Get<ScheduleStore>();

    public ScheduleTicker Ticker => Engine.Get<ScheduleTicker>();

    public PartitionKeys Partition => Engine.Keys.OfSchedule(Name);

    public Task<SchedulePut> PutAsync(ScheduleRule rule, RunSpec? run = null, bool? paused = null) => Store.PutAsync(Name, rule, run ?? Engine.Spec(), paused);

    public async Task<ScheduleRecord> GetAsync()
    {
        var schedule = await Store.GetAsync(Name);
        Assert.NotNull(schedule);
        return schedule;
    }

    public Task TickAsync() => Ticker.TickAsync(Partition);

    /// <summary>Moves the schedule into the past, or the future, as if so much time had gone by, or been taken back, since it last ticked.</summary>
    public async Task MoveAsync(TimeSpan by)
    {
        var schedule = await GetAsync();
        var key = Partition.Schedule(Name);
        var milliseconds = (long)by.TotalMilliseconds;
        await Engine.Redis.HashIncrementAsync(key, ScheduleFields.Created, milliseconds);
        if (schedule.Last is not null) await Engine.Redis.HashIncrementAsync(key, ScheduleFields.Last, milliseconds);
        if (schedule.Next is not { } next) return;
        await Engine.Redis.HashSetAsync(key, ScheduleFields.Next, next + milliseconds);
        if (!schedule.IsPaused) await Engine.Redis.SortedSetAddAsync(Partition.Ticks, Name, next + milliseconds);
    }

    /// <summary>Moves the schedule so that its next tick was so long ago, and has it tick.</summary>
    public async Task TickAfterAsync(TimeSpan late)
    {
        var schedule = await GetAsync();
        var (now, _, _) = await Ticker.DueAsync(Partition);
        await MoveAsync(TimeSpan.FromMilliseconds(now - schedule.Next!.Value) - late);
        await TickAsync();
    }

    /// <summary>All runs of the schedule, in the order of their ids.</summary>
    public async Task<IReadOnlyList<Run>> RunsAsync()
    {
        var names = new List<string>();
        foreach (var partition in Engine.Keys.Partitions)
        {
            names.AddRange((await Engine.Redis.SortedSetRangeByRankAsync(partition.Active)).Select(id => id.ToString()));
            foreach (var state in RunStates.Final)
                names.AddRange((await Engine.Redis.SortedSetRangeByRankAsync(partition.Final(state))).Select(id => id.ToString()));
        }

        var runs = await Engine.Reader.GetAsync(names.Order(StringComparer.Ordinal).Select(id => RunId.Parse(id)));
        Assert.Equal(names.Count, runs.Count);
        return [.. runs.Where(run => run.Schedule == Name)];
    }

    public async Task<Run> OnlyRunAsync() => Assert.Single(await RunsAsync());

    /// <summary>The states of all runs of the schedule: "succeeded queued".</summary>
    public async Task<string> StatesAsync() => string.Join(' ', (await RunsAsync()).Select(run => run.State.Name()));

    /// <summary>The tick that a run was created for, in ms.</summary>
    public static long TickOf(Run run) =>
        DateTimeOffset.Parse(run.Meta[ScheduleRule.MetaKey], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}

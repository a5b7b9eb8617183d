using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Testing;

namespace Fleet.Engine.Tests.Scheduling;

/// <summary>Creating, replacing, triggering and forgetting schedules.</summary>
public sealed class ScheduleStoreTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task What_is_put_is_read_back_and_listed_by_name()
    {
        var engine = await StartAsync(partitions: 3);
        var start = new DateTimeOffset(2099, 1, 31, 9, 30, 0, TimeSpan.Zero);
        var rule = new ScheduleRule
        {
            Cron = "30 2 * * *", Zone = "Europe/Berlin", Start = start, End = start.AddDays(3), Overlap = Overlap.QueueOne, Missed = Missed.All,
            Jitter = TimeSpan.FromSeconds(90),
        };
        var names = Enumerable.Range(0, 9).Select(i => $"s{i}").ToList();
        foreach (var name in names.AsEnumerable().Reverse()) Assert.True((await new ScheduleBench(engine, name).PutAsync(rule)).IsNew);

        Assert.Equal(names, (await engine.Get<ScheduleStore>().ListAsync()).Select(schedule => schedule.Name));
        Assert.True(names.Select(name => engine.Keys.OfSchedule(name).Index).Distinct().Count() > 1);
        var schedule = (await new ScheduleBench(engine, "s3").GetAsync());
        Assert.Equal(rule, schedule.Rule);
        var shown = schedule.Show(engine.Get<ScheduleStore>().Now);
        Assert.Equal(["2099-02-01T01:30", "2099-02-02T01:30", "2099-02-03T01:30"], shown.Next.Select(at => at.ToString("yyyy-MM-dd'T'HH:mm", null)));
        Assert.Equal((null, null, false), (shown.Last, shown.LastRun, shown.Paused));
    }

    [Fact]
    public async Task An_interval_begins_at_its_start_or_an_interval_after_its_creation_and_stays_there()
    {
        var bench = new ScheduleBench(await StartAsync());
        var put = await bench.PutAsync(ScheduleBench.Hourly);
        var created = put.Schedule.Created.ToUnixTimeMilliseconds();
        Assert.Equal(created + 3_600_000, put.Schedule.Next);
        // Whoever deploys every half hour has an hourly schedule tick all the same.
        await bench.MoveAsync(TimeSpan.FromMinutes(-30));
        Assert.Equal(created + 1_800_000, (await bench.PutAsync(ScheduleBench.Hourly with { Overlap = Overlap.Skip })).Schedule.Next);
        Assert.Equal(created + 600_000, (await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(20) })).Schedule.Next);

        var start = DateTimeOffset.FromUnixTimeMilliseconds(created).AddDays(2);
        put = await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(20), Start = start });
        Assert.Equal(start.ToUnixTimeMilliseconds(), put.Schedule.Next);
    }

    [Fact]
    public async Task Nothing_ticks_before_the_start_or_after_the_end()
    {
        var bench = new ScheduleBench(await StartAsync());
        var now = DateTimeOffset.FromUnixTimeMilliseconds((await bench.Ticker.DueAsync(bench.Partition)).Now);
        await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(1), Start = now.AddMinutes(-10), End = now.AddMinutes(-5), Missed = Missed.All });
        Assert.Null((await bench.GetAsync()).Next);
        Assert.Empty((await bench.GetAsync()).Show(now).Next);
        await bench.TickAsync();
        Assert.Empty(await bench.RunsAsync());

        // One that ends while nobody sweeps still makes up for what was before its end.
        await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(1), Start = now.AddMinutes(1), End = now.AddMinutes(2), Missed = Missed.All });
        var (later, _, _) = await bench.Ticker.DueAsync(bench.Partition);
        Assert.True(await bench.Ticker.MakeAsync(bench.Partition, await bench.GetAsync(), later + 3_600_000));
        Assert.Equal(
            [now.AddMinutes(1).ToUnixTimeMilliseconds(), now.AddMinutes(2).ToUnixTimeMilliseconds()], (await bench.RunsAsync()).Select(ScheduleBench.TickOf));
        Assert.Null((await bench.GetAsync()).Next);
        Assert.Equal(0, await bench.Engine.Redis.SortedSetLengthAsync(bench.Partition.Ticks));
    }

    [Fact]
    public async Task Ticks_that_are_due_when_the_times_change_are_made_by_the_old_rule()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly, Engine.Spec("""{"old":1}"""));
        await bench.MoveAsync(TimeSpan.FromMinutes(-60));
        var put = await bench.PutAsync(new ScheduleRule { Cron = "0 0 1 1 *" }, Engine.Spec("""{"old":0}"""));
        Assert.Equal("""{"old":1}""", (await bench.OnlyRunAsync()).Input.GetRawText());
        Assert.True(put.Schedule.Next > put.Schedule.Last + 1000);
        await bench.TickAsync();
        await bench.OnlyRunAsync();
    }

    [Fact]
    public async Task Putting_the_same_again_changes_no_tick_and_makes_none_again()
    {
        var bench = new ScheduleBench(await StartAsync());
        // Once an hour, and half an hour from now: no tick of its own comes while the test runs, nor came just before.
        var rule = new ScheduleRule { Cron = $"{(TimeProvider.System.GetUtcNow().Minute + 30) % 60} * * * *" };
        await bench.PutAsync(rule);
        await bench.TickAfterAsync(TimeSpan.FromSeconds(1));
        var (run, next) = ((await bench.OnlyRunAsync()).Id, (await bench.GetAsync()).Next);
        Assert.False((await bench.PutAsync(rule with { Overlap = Overlap.Skip })).IsNew);
        await bench.TickAsync();
        Assert.Equal((run, next), ((await bench.OnlyRunAsync()).Id, (await bench.GetAsync()).Next));

        // A tick that is due and not made yet is not lost either.
        await bench.MoveAsync(TimeSpan.FromHours(-1));
        await bench.PutAsync(rule);
        await bench.TickAsync();
        Assert.Equal(2, (await bench.RunsAsync()).Count);
    }

    [Fact]
    public async Task A_pause_outlives_a_change_that_does_not_speak_of_it()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly);
        await bench.Store.PauseAsync(bench.Name);
        Assert.True((await bench.PutAsync(new ScheduleRule { Cron = "0 0 * * *" })).Schedule.IsPaused);
        Assert.Equal(0, await bench.Engine.Redis.SortedSetLengthAsync(bench.Partition.Ticks));
        Assert.False((await bench.PutAsync(new ScheduleRule { Cron = "0 0 * * *" }, paused: false)).Schedule.IsPaused);
        Assert.Equal(1, await bench.Engine.Redis.SortedSetLengthAsync(bench.Partition.Ticks));
    }

    [Fact]
    public async Task A_run_out_of_turn_is_no_tick()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly, Engine.Spec() with { Options = new RunOptions { Tags = ["t"] } });
        var before = await bench.GetAsync();
        var trigger = await bench.Store.TriggerAsync(bench.Name);
        var run = await bench.OnlyRunAsync();
        Assert.Equal((trigger!.Result.Id, RunState.Queued, "t"), (run.Id, run.State, Assert.Single(run.Tags)));
        Assert.Empty(run.Meta);
        var after = await bench.GetAsync();
        Assert.Equal((before.Next, before.Last, before.LastRun), (after.Next, after.Last, after.LastRun));
        Assert.Null(await bench.Store.TriggerAsync("other"));
    }

    [Fact]
    public async Task The_same_order_for_a_run_out_of_turn_creates_it_once_and_says_who_asked()
    {
        var bench = new ScheduleBench(await StartAsync(partitions: 3));
        await bench.PutAsync(ScheduleBench.Hourly);
        var order = new TriggerOrder("a", DateTimeOffset.UnixEpoch.AddYears(55), "by a test");
        var first = (await bench.Store.TriggerAsync(bench.Name, order))!.Result;
        var second = (await bench.Store.TriggerAsync(bench.Name, order))!.Result;
        Assert.Equal((EnqueueOutcome.Accepted, EnqueueOutcome.Duplicate, first.Id), (first.Outcome, second.Outcome, second.Id));
        Assert.Equal((first.Id, "by a test"), ((await bench.OnlyRunAsync()).Id, (await bench.OnlyRunAsync()).Meta["audit"]));

        foreach (var other in new[] { order with { Key = "b" }, order with { At = order.At.AddMilliseconds(1) } })
            Assert.Equal(EnqueueOutcome.Accepted, (await bench.Store.TriggerAsync(bench.Name, other))!.Result.Outcome);
    }

    [Fact]
    public async Task What_is_deleted_leaves_nothing_and_its_runs_stay()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly);
        await bench.TickAfterAsync(TimeSpan.Zero);
        Assert.True(await bench.Store.DeleteAsync(bench.Name));
        Assert.False(await bench.Store.DeleteAsync(bench.Name));
        Assert.Null(await bench.Store.GetAsync(bench.Name));
        Assert.Empty(await bench.Engine.KeysLikeAsync("*schedule*"));
        Assert.Empty(await bench.Engine.KeysLikeAsync("*ticks*"));
        await bench.TickAsync();
        Assert.Equal(RunState.Queued, (await bench.OnlyRunAsync()).State);
        Assert.Null(await bench.Store.PauseAsync(bench.Name));
        Assert.Null(await bench.Store.ResumeAsync(bench.Name));
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_made_one_after_another()
    {
        var bench = new ScheduleBench(await StartAsync());
        var puts = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromHours(i) }))).Soon();
        Assert.Single(puts, put => put.IsNew);
        Assert.Equal("20", (await bench.GetAsync()).Version);
    }

    [Fact]
    public void Rule_that_Redis_keeps_is_a_format()
    {
        var rule = new ScheduleRule
        {
            Cron = "0 0 * * *", Zone = "Europe/Berlin", Start = new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero), Overlap = Overlap.CancelPrevious,
            Missed = Missed.Skip, Jitter = TimeSpan.FromSeconds(90),
        };
        Assert.Equal(
            """{"cron":"0 0 * * *","every":null,"zone":"Europe/Berlin","start":"2026-01-31T09:30:00.000Z","end":null,"overlap":"cancel-previous","missed":"skip","jitter":"00:01:30"}""",
            rule.Write());
        Assert.Equal(rule, ScheduleRule.Read(rule.Write()));
    }
}

using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests.Scheduling;

/// <summary>Every tick creates its run exactly once, at its time.</summary>
public sealed class TickTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Each_tick_creates_one_run_with_its_time_in_its_identity(int partitions)
    {
        var engine = await StartAsync(partitions, sweeps: true);
        var bench = new ScheduleBench(engine);
        // All, because a machine that stalls for seconds would otherwise skip some.
        var put = await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromSeconds(1), Missed = Fleet.Missed.All }, Engine.Spec("""{"a":1}""") with
        {
            Queue = "mail", Priority = Priority.High, MaxAttempts = 3,
            Options = new RunOptions { Tags = ["t"], Meta = new Dictionary<string, string> { ["k"] = "v" }, Timeout = TimeSpan.FromMinutes(1) },
        }, paused: null);
        Assert.True(put.IsNew);
        await Until.TrueAsync("there are three runs", async () => (await bench.RunsAsync()).Count >= 3);

        var runs = await bench.RunsAsync();
        var first = put.Schedule.Created.ToUnixTimeMilliseconds() + 1000;
        Assert.Equal(runs.Select((_, i) => first + 1000 * i), runs.Select(ScheduleBench.TickOf));
        foreach (var run in runs)
        {
            Assert.Equal(ScheduleBench.TickOf(run), run.Id.UnixMilliseconds);
            Assert.Equal(bench.Partition.Index, run.Id.Partition);
            Assert.True(run.CreatedAt.ToUnixTimeMilliseconds() >= ScheduleBench.TickOf(run));
            Assert.Equal(("echo", "mail", Priority.High, 3, RunState.Queued), (run.Job, run.Queue, run.Priority, run.MaxAttempts, run.State));
            Assert.Equal("""{"a":1}""", run.Input.GetRawText());
            Assert.Equal(("t", "v"), (Assert.Single(run.Tags), run.Meta["k"]));
            Assert.Equal("queued0", await engine.TimelineAsync(run.Id));
        }

        var schedule = await bench.GetAsync();
        Assert.Equal(schedule.Last, ScheduleBench.TickOf((await bench.RunsAsync()).Single(run => run.Id == schedule.LastRun)));
        Assert.NotEmpty(await engine.TakeAsync(1, queue: "mail"));
    }

    [Fact]
    public async Task However_many_sweep_at_the_same_time_each_tick_is_made_once()
    {
        const int Missed = 700;
        var engines = new List<Engine> { await StartAsync() };
        for (var i = 0; i < 3; i++) engines.Add(await StartAsync(prefix: engines[0].Prefix));
        var bench = new ScheduleBench(engines[0]);
        await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(1), Missed = Fleet.Missed.All });
        var start = (await bench.GetAsync()).Next!.Value;
        await bench.MoveAsync(TimeSpan.FromMinutes(-Missed));

        await Task.WhenAll(engines.SelectMany(engine => Enumerable.Repeat(new ScheduleBench(engine), 3)).Select(other => Task.Run(other.TickAsync))).Soon();

        var expected = Enumerable.Range(0, Missed).Select(i => start - (Missed - i) * 60_000L);
        Assert.Equal(expected, (await bench.RunsAsync()).Select(ScheduleBench.TickOf));
        Assert.Equal(start, (await bench.GetAsync()).Next);
    }

    [Fact]
    public async Task One_that_was_frozen_between_reading_and_calling_is_refused()
    {
        var frozen = new ScheduleBench(await StartAsync());
        var other = new ScheduleBench(await StartAsync(prefix: frozen.Engine.Prefix));
        await frozen.PutAsync(ScheduleBench.Hourly);
        await frozen.MoveAsync(TimeSpan.FromHours(-1));
        var (now, names, _) = await frozen.Ticker.DueAsync(frozen.Partition);
        Assert.Equal([frozen.Name], names);
        var read = await frozen.GetAsync();

        await other.TickAsync();
        var made = await other.OnlyRunAsync();
        Assert.False(await frozen.Ticker.MakeAsync(frozen.Partition, read, now));

        Assert.Equal(made.Id, (await frozen.OnlyRunAsync()).Id);
        Assert.Equal("queued0", await frozen.Engine.TimelineAsync(made.Id));
        Assert.Equal(1, await frozen.Engine.Redis.StreamLengthAsync(frozen.Partition.Stream("default", Priority.Normal)));
    }

    [Fact]
    public async Task One_that_was_frozen_while_the_schedule_was_changed_paused_or_deleted_is_refused()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly);
        await bench.MoveAsync(TimeSpan.FromHours(-1));
        var (now, _, _) = await bench.Ticker.DueAsync(bench.Partition);

        var read = await bench.GetAsync();
        await bench.PutAsync(ScheduleBench.Hourly, Engine.Spec("""{"new":true}"""));
        Assert.False(await bench.Ticker.MakeAsync(bench.Partition, read, now));
        read = await bench.GetAsync();
        await bench.Store.PauseAsync(bench.Name);
        Assert.False(await bench.Ticker.MakeAsync(bench.Partition, read, now));
        await bench.Store.ResumeAsync(bench.Name);
        read = await bench.GetAsync();
        await bench.Store.DeleteAsync(bench.Name);
        Assert.False(await bench.Ticker.MakeAsync(bench.Partition, read, now));
        Assert.Empty(await bench.RunsAsync());
    }

    [Fact]
    public async Task A_tick_that_Redis_forgot_it_made_finds_its_run_there_already()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(ScheduleBench.Hourly);
        await bench.MoveAsync(TimeSpan.FromHours(-1));
        var before = await bench.GetAsync();
        await bench.TickAsync();
        var run = await bench.OnlyRunAsync();
        Assert.True(await bench.Engine.FinishAsync(await bench.Engine.TakeOneAsync()));

        // As after a failover to a replica that lacks the newest write.
        await bench.Engine.Redis.HashSetAsync(bench.Partition.Schedule(bench.Name), ScheduleFields.Next, before.Next);
        await bench.Engine.Redis.SortedSetAddAsync(bench.Partition.Ticks, bench.Name, before.Next!.Value);
        await bench.TickAsync();

        Assert.Equal(run.Id, (await bench.OnlyRunAsync()).Id);
        Assert.Equal("queued0 started1 succeeded1", await bench.Engine.TimelineAsync(run.Id));
        Assert.True((await bench.GetAsync()).Next > before.Next);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_makes_no_tick_twice()
    {
        var bench = new ScheduleBench(await StartAsync());
        await bench.PutAsync(new ScheduleRule { Cron = "* * * * *" });
        await bench.TickAfterAsync(TimeSpan.FromSeconds(5));
        var run = await bench.OnlyRunAsync();

        await bench.MoveAsync(TimeSpan.FromHours(1));
        await bench.TickAsync();
        Assert.Equal(run.Id, (await bench.OnlyRunAsync()).Id);

        // Nor does a change lead back before what was made.
        var last = (await bench.GetAsync()).Last;
        await bench.PutAsync(new ScheduleRule { Cron = "*/2 * * * *" });
        Assert.True((await bench.GetAsync()).Next > last);
    }

    [Fact]
    public async Task A_tick_that_comes_sooner_wakes_the_sweep()
    {
        var engine = await StartAsync(sweeps: true);
        var heard = System.Threading.Channels.Channel.CreateUnbounded<long>();
        await engine.Connection.Subscriber.SubscribeAsync(RedisChannel.Sharded(engine.Keys.Partitions[0].Sweep), (_, message) => heard.Writer.TryWrite((long)message));
        var (seldom, often) = (new ScheduleBench(engine), new ScheduleBench(engine, "often"));

        await seldom.PutAsync(ScheduleBench.Hourly);
        Assert.Equal((await seldom.GetAsync()).Next, await heard.Reader.ReadAsync().AsTask().Soon());
        await often.PutAsync(new ScheduleRule { Every = TimeSpan.FromHours(2) });
        var put = await often.PutAsync(new ScheduleRule { Every = TimeSpan.FromSeconds(2) });
        Assert.Equal(put.Schedule.Next, await heard.Reader.ReadAsync().AsTask().Soon());
        Assert.False(put.IsNew);

        await Until.TrueAsync("the schedule ticks", async () => (await often.RunsAsync()).Count > 0);
        Assert.Equal(put.Schedule.Next, ScheduleBench.TickOf((await often.RunsAsync())[0]));
        Assert.Empty(await seldom.RunsAsync());
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_understood_here_holds_up_no_other()
    {
        var engine = await StartAsync();
        var (strange, fine) = (new ScheduleBench(engine, "strange"), new ScheduleBench(engine, "fine"));
        foreach (var bench in new[] { strange, fine })
        {
            await bench.PutAsync(new ScheduleRule { Cron = "* * * * *" });
            await bench.MoveAsync(TimeSpan.FromMinutes(-1));
        }

        await engine.Redis.HashSetAsync(strange.Partition.Schedule("strange"), ScheduleFields.Rule, ((await strange.GetAsync()).Rule with { Zone = "Europe/Atlantis" }).Write());
        var pause = await fine.Ticker.TickAsync(fine.Partition).Soon();

        Assert.Single(await fine.RunsAsync());
        Assert.Empty(await strange.RunsAsync());
        Assert.InRange(pause, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        // What cannot tick can still be replaced.
        await strange.PutAsync(new ScheduleRule { Cron = "*/5 * * * *" }).Soon();
        Assert.Equal("UTC", (await strange.GetAsync()).Rule.Zone);
    }

    [Fact]
    public async Task Jitter_puts_a_tick_off_always_by_the_same_part()
    {
        var engine = await StartAsync();
        var bench = new ScheduleBench(engine);
        await bench.PutAsync(new ScheduleRule { Every = TimeSpan.FromMinutes(1), Jitter = TimeSpan.FromHours(1), Missed = Fleet.Missed.All });
        var schedule = await bench.GetAsync();
        var due = Enumerable.Range(0, 500).Select(i => ScheduledRun.Of(schedule, schedule.Next!.Value + i * 60_000L, 0)).ToList();
        Assert.All(due, run => Assert.InRange(run.Due - run.Tick, 0, 3_599_999));
        Assert.Equal(due, due.Select(run => ScheduledRun.Of(schedule, run.Tick, 0)));
        Assert.Equal(4, due.Select(run => (run.Due - run.Tick) / 900_000).Distinct().Count());

        await bench.TickAfterAsync(TimeSpan.FromMinutes(20.5));
        var runs = await bench.RunsAsync();
        Assert.Equal(21, runs.Count);
        var (now, _, _) = await bench.Ticker.DueAsync(bench.Partition);
        foreach (var run in runs)
        {
            var expected = ScheduledRun.Of(schedule, ScheduleBench.TickOf(run), 0).Due;
            if (run.State == RunState.Scheduled) Assert.Equal(expected, run.DueAt!.Value.ToUnixTimeMilliseconds());
            else Assert.True(expected <= now);
        }

        Assert.Contains(runs, run => run.State == RunState.Scheduled);
    }

    [Fact]
    public void Identity_of_a_run_is_a_format()
    {
        var schedule = new ScheduleRecord { Name = "nightly", Rule = new ScheduleRule { Jitter = TimeSpan.FromMinutes(10) }, Run = Engine.Spec() };
        var run = ScheduledRun.Of(schedule, 1_800_000_000_000, 3);
        Assert.Equal("01MCC5RM0003Y0MVF3W6XY9FDP", run.Id.ToString());
        Assert.Equal(1_800_000_358_478, run.Due);
        Assert.Equal("""{"meta":{"scheduledAt":"2027-01-15T08:00:00.000Z"},"schedule":"nightly"}""", run.Options(schedule).Write());
    }
}

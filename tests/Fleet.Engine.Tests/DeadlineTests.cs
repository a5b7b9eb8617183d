using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Runs that must start by a time.</summary>
public sealed class DeadlineTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task A_queued_run_that_nobody_starts_in_time_expires_by_itself(int partitions)
    {
        var engine = await StartAsync(partitions, sweeps: true);
        var ids = new List<RunId>();
        for (var i = 0; i < 6; i++) ids.Add(await engine.EnqueueAsync(await InAsync(engine, TimeSpan.FromMilliseconds(300 - i * 10))));
        await Until.TrueAsync("all are expired", async () => await engine.CountsAsync() == "expired 6");
        foreach (var id in ids) Assert.Equal("queued0 expired0", await engine.TimelineAsync(id));
        await engine.AssertIdleAsync();
        foreach (var partition in engine.Keys.Partitions) Assert.Equal(0, await engine.Redis.SortedSetLengthAsync(partition.Expiring));
    }

    [Fact]
    public async Task A_scheduled_run_expires_before_it_is_due()
    {
        var engine = await StartAsync(sweeps: true);
        var id = await engine.EnqueueAsync(await InAsync(engine, TimeSpan.FromMilliseconds(100)) with { Delay = TimeSpan.FromHours(1) });
        await Until.TrueAsync("it is expired", async () => await engine.StateAsync(id) == RunState.Expired);
        Assert.Equal("scheduled0 expired0", await engine.TimelineAsync(id));
        Assert.Equal(0, await engine.Redis.SortedSetLengthAsync(engine.Keys.Partitions[0].Due));
    }

    [Fact]
    public async Task A_deadline_that_has_passed_already_expires_the_run()
    {
        var engine = await StartAsync(sweeps: true);
        var id = await engine.EnqueueAsync(await InAsync(engine, TimeSpan.FromHours(-1)));
        await Until.TrueAsync("it is expired", async () => await engine.StateAsync(id) == RunState.Expired);
    }

    [Fact]
    public async Task A_run_that_was_started_in_time_goes_on_and_is_retried_after_its_deadline()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(await InAsync(engine, TimeSpan.FromMilliseconds(200)));
        await engine.BeginAsync(run);
        await PassAsync(engine, run.Options.ExpiresAt);
        await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
        await engine.FinishAsync(run, AttemptOutcome.Retry);
        await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
        await engine.PromoteAllButAsync();
        var again = await engine.TakeOneAsync();
        Assert.False(engine.Queue.IsOverdue(again));
        await engine.FinishAsync(again, AttemptOutcome.Succeeded);
        Assert.Equal("queued0 started1 retrying1 queued1 started2 succeeded2", await engine.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task A_run_whose_start_is_not_recorded_yet_is_looked_at_again()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(await InAsync(engine, TimeSpan.FromMilliseconds(50)));
        await PassAsync(engine, run.Options.ExpiresAt);
        var next = await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
        Assert.InRange(next, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal("queued0", await engine.TimelineAsync(run.Id));
        await engine.GiveBackAsync(run);
        await Until.TrueAsync("it is expired", async () =>
        {
            await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
            return await engine.StateAsync(run.Id) == RunState.Expired;
        });
    }

    [Fact]
    public async Task A_worker_that_took_a_run_too_late_ends_it()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(await InAsync(engine, TimeSpan.FromHours(-1)));
        Assert.True(engine.Queue.IsOverdue(run));
        Assert.True(await ExpireAsync(engine, run));
        Assert.Equal("queued0 expired0", await engine.TimelineAsync(run.Id));
        Assert.Equal("expired 1", await engine.CountsAsync());
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_worker_that_only_believes_to_be_late_gives_the_run_back()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(await InAsync(engine, TimeSpan.FromHours(1)));
        Assert.False(engine.Queue.IsOverdue(run));
        Assert.True(await ExpireAsync(engine, run));
        Assert.Equal("queued0", await engine.TimelineAsync(run.Id));
        Assert.Equal(run.Id, (await engine.TakeOneAsync()).Id);
    }

    [Fact]
    public async Task A_retry_takes_the_deadline_away()
    {
        var engine = await StartAsync();
        var spec = await InAsync(engine, TimeSpan.FromHours(-1));
        var id = await engine.EnqueueAsync(spec with { Options = spec.Options with { Tags = ["t"] } });
        var bare = await engine.EnqueueAsync(spec);
        await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
        foreach (var expired in new[] { id, bare })
        {
            Assert.Equal(ChangeOutcome.Done, await engine.RetryAsync(expired));
            await engine.Sweep.ExpireAsync(engine.Keys.Partitions[0]);
            var run = await engine.TakeOneAsync();
            Assert.Equal((expired, false), (run.Id, engine.Queue.IsOverdue(run)));
            Assert.Null(run.Options.ExpiresAt);
            Assert.Equal(expired == id ? ["t"] : null, run.Options.Tags);
        }
    }

    [Fact]
    public async Task An_earlier_deadline_wakes_the_sweep()
    {
        var engine = await StartAsync(sweeps: true);
        await engine.EnqueueAsync(await InAsync(engine, TimeSpan.FromHours(1)));
        var soon = await engine.EnqueueAsync(await InAsync(engine, TimeSpan.FromMilliseconds(100)));
        await Until.TrueAsync("the earlier one is expired", async () => await engine.StateAsync(soon) == RunState.Expired);
        Assert.Equal("queued 1, expired 1", await engine.CountsAsync());
    }

    private static async Task<RunSpec> InAsync(Engine engine, TimeSpan time) =>
        Engine.Spec() with { Options = new RunOptions { ExpiresAt = await NowAsync(engine) + time } };

    private static async Task<bool> ExpireAsync(Engine engine, TakenRun run) => Assert.Single(await engine.Queue.FinishAsync(
        Engine.Worker, [new AttemptReport { Run = run, Outcome = AttemptOutcome.Expired, StartedAt = null }]));

    private static Task PassAsync(Engine engine, DateTimeOffset? deadline) =>
        Until.TrueAsync("the deadline has passed", async () => await NowAsync(engine) > deadline);

    private static async Task<DateTimeOffset> NowAsync(Engine engine)
    {
        var time = (string[])(await engine.Redis.ExecuteAsync("TIME"))!;
        return DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000);
    }
}

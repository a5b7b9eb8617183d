using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Runs whose worker was lost.</summary>
public sealed class RecoverTests(RedisServer server) : EngineTests(server)
{
    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(3, true)]
    public async Task A_lost_run_goes_back_into_its_queue_and_the_next_attempt_has_the_next_number(int partitions, bool announced)
    {
        var engine = await StartWithLapsedLeasesAsync(partitions);
        var run = await engine.TakeNewAsync();
        if (announced) await engine.BeginAsync(run);
        await engine.LoseWorkersAsync();
        Assert.Equal("queued0 started1 recovered1 queued1", await engine.TimelineAsync(run.Id));
        Assert.Equal("w1", (await engine.EventsAsync(run.Id))[2].Data!.Value.GetProperty("worker").GetString());
        Assert.Equal("queued 1", await engine.CountsAsync());

        var again = Assert.Single(await engine.TakeAsync(1, "w2"));
        Assert.Equal((run.Id, 2), (again.Id, again.Attempt));
        Assert.True(await engine.FinishAsync(again, worker: "w2"));
        Assert.Equal("queued0 started1 recovered1 queued1 started2 succeeded2", await engine.TimelineAsync(run.Id));
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task What_the_lost_worker_reports_is_refused_and_the_run_ends_exactly_once()
    {
        var engine = await StartWithLapsedLeasesAsync();
        var late = await engine.TakeNewAsync();
        await engine.BeginAsync(late);
        await engine.LoseWorkersAsync();

        foreach (var outcome in Enum.GetValues<AttemptOutcome>()) Assert.False(await engine.FinishAsync(late, outcome));
        Assert.False(await engine.AppendAsync(late, Engine.Log("late")));
        Assert.Equal(AttemptStanding.Lost, await engine.BeginAsync(late));
        Assert.Equal([late], await engine.Queue.RenewAsync("w1", [late]));

        var current = await engine.TakeOneAsync("w2");
        Assert.False(await engine.FinishAsync(late));
        Assert.True(await engine.FinishAsync(current, AttemptOutcome.Failed, worker: "w2"));
        Assert.False(await engine.FinishAsync(late));
        Assert.Equal("queued0 started1 recovered1 queued1 started2 failed2", await engine.TimelineAsync(late.Id));
        Assert.Equal("failed 1", await engine.CountsAsync());
    }

    [Fact]
    public async Task A_run_that_takes_down_three_workers_is_failed()
    {
        var engine = await StartWithLapsedLeasesAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { MaxAttempts = 100 });
        for (var i = 1; i <= 3; i++)
        {
            Assert.Equal(i, (await engine.TakeOneAsync($"w{i}")).Attempt);
            await engine.LoseWorkersAsync();
        }

        Assert.Equal("queued0 started1 recovered1 queued1 started2 recovered2 queued2 started3 failed3", await engine.TimelineAsync(id));
        Assert.Equal(
            new RunError("worker-lost", "3 workers were lost while they executed this run, the last one was w3."), (await engine.RunAsync(id)).Error);
        Assert.Equal("failed 1", await engine.CountsAsync());
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_run_whose_lease_has_not_lapsed_stays_with_its_worker()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromHours(1));
        var run = await engine.TakeNewAsync();
        await engine.Sweep.RecoverAsync(engine.Keys.Partitions[0]);
        Assert.True(await engine.FinishAsync(run));
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task An_entry_without_its_run_is_dropped()
    {
        var engine = await StartWithLapsedLeasesAsync();
        var run = await engine.TakeNewAsync();
        await engine.Redis.KeyDeleteAsync(run.Line.Partition.Run(run.Id));
        Assert.False(await engine.FinishAsync(run));
        await engine.LoseWorkersAsync();
        await engine.AssertIdleAsync();
        Assert.Null(await engine.Reader.GetAsync(run.Id));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task All_runs_of_a_lost_fleet_come_back_in_one_sweep(int partitions)
    {
        var engine = await StartWithLapsedLeasesAsync(partitions);
        var ids = await engine.EnqueueAsync(900, i => Engine.Spec() with { Priority = (Priority)(i % 4) });
        Assert.Equal(900, (await engine.TakeAsync(900)).Count);
        await engine.LoseWorkersAsync();
        Assert.Equal("queued 900", await engine.CountsAsync());
        Assert.Equal(ids.Order(), (await engine.TakeAsync(900)).Select(run => run.Id).Order());
    }

    [Fact]
    public async Task Recovering_twice_at_the_same_time_is_recovering_once()
    {
        var engine = await StartWithLapsedLeasesAsync();
        var other = await StartAsync(prefix: engine.Prefix, bend: options => options.Lease = TimeSpan.Zero);
        var ids = await engine.EnqueueAsync(300);
        await engine.TakeAsync(300);
        await Task.WhenAll(engine.LoseWorkersAsync(), other.LoseWorkersAsync()).Soon();
        foreach (var id in ids) Assert.Equal("queued0 started1 recovered1 queued1", await engine.TimelineAsync(id));
    }

    private Task<Engine> StartWithLapsedLeasesAsync(int partitions = 1) => StartAsync(partitions, bend: options => options.Lease = TimeSpan.Zero);
}

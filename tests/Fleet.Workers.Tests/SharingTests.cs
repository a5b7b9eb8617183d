namespace Fleet.Workers.Tests;

/// <summary>Several workers on one Redis.</summary>
public sealed class SharingTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task Two_workers_execute_each_of_5000_runs_once()
    {
        await using var one = await Worker.StartAsync(redis, _stage, _prefix);
        await using var two = await Worker.StartAsync(redis, _stage, _prefix);
        var ids = await one.EnqueueManyAsync(5000, i => Worker.Spec("yield", 2, priority: (Priority)(i % 4)));

        await Until.TrueAsync("all are final", async () => await one.Redis.Database.SortedSetLengthAsync(
            one.Keys.Partitions[0].Final(RunState.Succeeded)) == ids.Length);

        Assert.Equal(5000, _stage.Executions.Count);
        Assert.All(_stage.Executions, run => Assert.Equal(1, run.Value));
        Assert.Equal(0, await one.PendingAsync());
    }

    [Fact]
    public async Task An_idle_worker_is_woken_by_a_run_at_once()
    {
        await using var one = await Worker.StartAsync(redis, _stage, _prefix);
        await using var two = await Worker.StartAsync(redis, _stage, _prefix);
        var took = TimeSpan.Zero;

        // Each wait lasts for seconds; runs that waited for its end would take longer in all.
        for (var i = 0; i < 20; i++)
        {
            var from = TimeProvider.System.GetTimestamp();
            var id = await one.EnqueueAsync("ok");
            await _stage.Started(id).Soon();
            took += TimeProvider.System.GetElapsedTime(from);
            await one.RunAsync(id, RunState.Succeeded);
        }

        Assert.True(took < TimeSpan.FromSeconds(8), $"Twenty runs started after {took} in all.");
    }

    [Fact]
    public async Task A_run_of_a_job_that_one_worker_does_not_know_is_executed_by_another_that_does()
    {
        await using var ignorant = await Worker.StartAsync(redis, _stage, _prefix, jobs => jobs.AddJob<UndisposableJob>("other"));
        var id = await ignorant.EnqueueAsync("ok");
        await Until.TrueAsync("it is taken", async () => await ignorant.PendingAsync() == 1);
        await Until.TrueAsync("it goes back", async () => (await ignorant.TimelineAsync(id)).Count == 1
            && (await ignorant.RunAsync(id)).State == RunState.Queued);

        await using var knowing = await Worker.StartAsync(redis, _stage, _prefix);

        var run = await knowing.RunAsync(id, RunState.Succeeded);
        Assert.Equal(1, run.Attempt);
        Assert.Equal(knowing.Name, run.Worker);
        Assert.Equal("queued started succeeded", await knowing.StoryAsync(id));
    }

    [Fact]
    public async Task Runs_of_unknown_jobs_take_no_slots_from_those_that_can_be_executed()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 2));
        var unknown = await worker.EnqueueManyAsync(50, _ => Worker.Spec("ok", job: "of-the-next-version"));
        // With a slot each, no more than two could be aside at a time.
        await Until.TrueAsync("all are aside", async () => await worker.PendingAsync() == 50);

        var known = await worker.EnqueueManyAsync(20, _ => Worker.Spec("ok"));

        foreach (var id in known) await worker.RunAsync(id, RunState.Succeeded);
        foreach (var id in unknown)
        {
            var run = await worker.RunAsync(id);
            Assert.Equal((RunState.Queued, 0), (run.State, run.Attempt));
            Assert.Equal("queued", await worker.StoryAsync(id));
        }
    }

    [Fact]
    public async Task A_worker_that_stops_puts_runs_of_unknown_jobs_back_too()
    {
        await using var ignorant = await Worker.StartAsync(redis, _stage, _prefix, jobs => jobs.AddJob<UndisposableJob>("other"));
        var id = await ignorant.EnqueueAsync("ok");
        await Until.TrueAsync("it is taken", async () => await ignorant.PendingAsync() == 1);

        await ignorant.StopAsync();

        Assert.Equal(0, await ignorant.PendingAsync());
        Assert.Equal(RunState.Queued, (await ignorant.RunAsync(id)).State);
        Assert.Equal("queued", await ignorant.StoryAsync(id));
    }
}

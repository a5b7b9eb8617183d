using Fleet.Engine.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Workers.Tests;

/// <summary>How a worker leaves.</summary>
public sealed class DrainTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task Stopping_waits_for_what_runs_and_takes_nothing_more()
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null,
            ("Worker:Slots", 2), ("Worker:DrainTimeout", "00:01:00"));
        var running = await worker.EnqueueAsync("wait");
        await _stage.Started(running).Soon();
        await Until.TrueAsync("both wait in line", async () => await BlockedClients.CountAsync(observer.Redis.Database) == 2);

        var stopping = worker.StopAsync();
        await Until.TrueAsync("it waits no more", async () => await BlockedClients.CountAsync(observer.Redis.Database) == 1);
        var late = await observer.EnqueueManyAsync(5, _ => Worker.Spec("ok"));
        await Task.WhenAny(stopping, observer.RunAsync(late[0], RunState.Queued));
        Assert.False(stopping.IsCompleted);
        _stage.Open(running);
        await stopping.Soon();

        Assert.Equal(RunState.Succeeded, (await observer.RunAsync(running)).State);
        foreach (var id in late) Assert.Equal("queued", await observer.StoryAsync(id));
        Assert.Equal([running], _stage.Executions.Keys);
        Assert.Equal(0, await observer.PendingAsync());
        var workers = await observer.Services.GetRequiredService<WorkerRegistry>().ListAsync();
        Assert.Equal([observer.Name], workers.Select(info => info.Id));
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("hang-forever")]
    public async Task What_does_not_end_in_time_goes_back_without_costing_an_attempt(string act)
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));
        var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync(act, attempts: 1);
        await observer.RunAsync(id, RunState.Running);

        await worker.DisposeAsync().AsTask().Soon();

        Assert.Equal(RunState.Queued, (await observer.RunAsync(id)).State);
        Assert.Equal("queued started released queued", await observer.StoryAsync(id));
        Assert.Equal(0, await observer.PendingAsync());
        await using var next = await Worker.StartAsync(redis, _stage, _prefix);
        await observer.RunAsync(id, RunState.Running);
        Assert.Equal([1, 1], _stage.Attempts.Select(attempt => attempt.Attempt));
        _stage.Open(id);
        await observer.Runs.CancelAsync([id]);
        await Until.TrueAsync("it is final", async () => (await observer.RunAsync(id)).State.IsFinal());
    }

    [Fact]
    public async Task A_worker_stopped_in_the_middle_of_much_work_leaves_nothing_behind()
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));
        var ids = await observer.EnqueueManyAsync(2000, _ => Worker.Spec("yield", 20));
        for (var round = 0; round < 4; round++)
        {
            var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:DrainTimeout", "00:00:20"));
            var enough = Math.Min(2000, _stage.Executions.Count + 100);
            await Until.TrueAsync("some are executed", () => _stage.Executions.Count >= enough);
            await worker.DisposeAsync();
            Assert.Equal(0, await observer.PendingAsync());
        }

        await using var last = await Worker.StartAsync(redis, _stage, _prefix);
        foreach (var id in ids) await observer.RunAsync(id, RunState.Succeeded);
        Assert.All(_stage.Executions, run => Assert.Equal(1, run.Value));
    }

    [Fact]
    public async Task Stopping_twice_or_before_the_start_does_nothing()
    {
        var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.StopAsync().Soon();
        await worker.Fleet.StopAsync(CancellationToken.None).Soon();
        await worker.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_busy_worker_that_is_told_to_drain_ends_what_it_runs_and_takes_nothing_more(bool heard)
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 2));
        var registry = observer.Services.GetRequiredService<WorkerRegistry>();
        var running = await worker.EnqueueAsync("wait");
        await _stage.Started(running).Soon();

        if (heard) Assert.True(await registry.DrainAsync(worker.Name));
        else await worker.Redis.Database.SetAddAsync(worker.Keys.Meta.Draining, worker.Name);
        await Until.TrueAsync("it says so itself", async () => await SaysDrainingAsync(worker));
        var late = await observer.EnqueueManyAsync(5, _ => Worker.Spec("ok"));
        _stage.Open(running);
        await observer.RunAsync(running, RunState.Succeeded);

        // Whoever serves the queue too takes them at once.
        await using var next = await Worker.StartAsync(redis, _stage, _prefix);
        foreach (var id in late) Assert.Equal(next.Name, (await observer.RunAsync(id, RunState.Succeeded)).Worker);
        Assert.Equal(WorkerState.Draining, (await registry.ListAsync()).Single(info => info.Id == worker.Name).State);
        Assert.Equal(WorkerState.Connected, (await registry.ListAsync()).Single(info => info.Id == next.Name).State);
    }

    [Fact]
    public async Task An_idle_worker_that_is_told_to_drain_leaves_the_next_run_to_others()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await using var other = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);

        await worker.Services.GetRequiredService<WorkerRegistry>().DrainAsync(worker.Name);
        await Until.TrueAsync("it says so itself", async () => await SaysDrainingAsync(worker));

        for (var i = 0; i < 20; i++)
        {
            var run = await other.RunAsync(await other.EnqueueAsync("ok"), RunState.Succeeded);
            Assert.Equal(other.Name, run.Worker);
            Assert.Equal("queued started succeeded", await other.StoryAsync(run.Id));
        }
    }

    [Fact]
    public async Task A_worker_that_was_told_to_drain_takes_runs_again_once_it_is_started_anew()
    {
        var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Name", "anna"));
        await worker.Services.GetRequiredService<WorkerRegistry>().DrainAsync("anna");
        await Until.TrueAsync("it says so itself", async () => await SaysDrainingAsync(worker));
        // A worker that vanishes leaves its mark.
        await worker.StopAsync();
        await worker.Redis.Database.SetAddAsync(worker.Keys.Meta.Draining, "anna");
        await worker.DisposeAsync();

        await using var again = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Name", "anna"));

        Assert.Equal("anna", (await again.RunAsync(await again.EnqueueAsync("ok"), RunState.Succeeded)).Worker);
        Assert.Equal(WorkerState.Connected, Assert.Single(await again.Services.GetRequiredService<WorkerRegistry>().ListAsync()).State);
    }

    /// <summary>Whether the worker itself says that it drains, beyond what was asked of it.</summary>
    private static async Task<bool> SaysDrainingAsync(Worker worker)
    {
        var said = (string?)await worker.Redis.Database.HashGetAsync(worker.Keys.Meta.Workers, worker.Name);
        return said?.Contains("\"state\":\"draining\"", StringComparison.Ordinal) ?? false;
    }
}

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

        var stopping = worker.StopAsync();
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
}

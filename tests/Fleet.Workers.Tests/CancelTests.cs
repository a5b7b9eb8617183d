using Fleet.Engine.Runs;

namespace Fleet.Workers.Tests;

/// <summary>A cancelled run's handler learns it, and one that does not care loses its run.</summary>
public sealed class CancelTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task Cancelling_a_running_run_reaches_its_handler_at_once()
    {
        // A lease so long that nothing but the control channel can tell.
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:10:00"));
        var id = await worker.EnqueueAsync("hang");
        await worker.RunAsync(id, RunState.Running);

        Assert.Equal([CancelOutcome.Told], await worker.Runs.CancelAsync([id]));

        await _stage.Ended(id).Soon();
        await worker.RunAsync(id, RunState.Cancelled);
        Assert.Equal("queued started cancelled", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task Only_the_run_that_was_cancelled_is()
    {
        // Two lines number their first entries alike when the runs come within a millisecond, as those of one batch do.
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:10:00"), ("Worker:Slots", 100));
        var ids = await worker.EnqueueManyAsync(40, i => Worker.Spec("wait", queue: $"q{i % 10}", priority: (Priority)(i % 4)));
        foreach (var id in ids) await worker.RunAsync(id, RunState.Running);
        var entries = await Task.WhenAll(ids.Select(async id => (await worker.Reader.GetAsync(id))!.Entry));
        Assert.NotEqual(entries.Length, entries.Distinct().Count());
        var cancelled = ids.Where((_, i) => i % 2 == 0).ToList();

        await worker.Runs.CancelAsync(cancelled);

        foreach (var id in cancelled) await worker.RunAsync(id, RunState.Cancelled);
        var others = ids.Except(cancelled).ToList();
        Assert.All(others, id => Assert.False(_stage.Tokens[id].IsCancellationRequested));
        foreach (var id in others) _stage.Open(id);
        foreach (var id in others) await worker.RunAsync(id, RunState.Succeeded);
    }

    [Fact]
    public async Task A_handler_that_ignores_it_loses_its_run_but_keeps_its_slot_until_it_ends()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null,
            ("Worker:CancelGrace", "00:00:00.100"), ("Worker:Slots", 1));
        var id = await worker.EnqueueAsync("hang-forever");
        await _stage.Started(id).Soon();
        var next = await worker.EnqueueAsync("ok");

        await worker.Runs.CancelAsync([id]);

        await worker.RunAsync(id, RunState.Cancelled);
        Assert.False(_stage.Ended(id).IsCompleted);
        Assert.False(_stage.Started(next).IsCompleted);
        _stage.Open(id);
        await worker.RunAsync(next, RunState.Succeeded);
        var run = await worker.RunAsync(id);
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Null(run.Output);
        Assert.Equal("queued started cancelled", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task A_cancellation_that_nobody_heard_is_learnt_with_the_lease()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:00:01"));
        var id = await worker.EnqueueAsync("hang");
        await worker.RunAsync(id, RunState.Running);

        await worker.Redis.Database.HashSetAsync(worker.Keys.Partitions[0].Run(id), RunFields.Cancel, 1);

        await worker.RunAsync(id, RunState.Cancelled);
    }

    [Fact]
    public async Task A_run_cancelled_in_the_moment_it_is_taken_ends()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:10:00"));
        for (var i = 0; i < 30; i++)
        {
            var id = await worker.EnqueueAsync("hang");
            await worker.Runs.CancelAsync([id]);
            await worker.RunAsync(id, RunState.Cancelled);
        }
    }
}

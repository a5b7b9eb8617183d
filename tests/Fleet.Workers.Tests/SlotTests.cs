namespace Fleet.Workers.Tests;

/// <summary>How many runs a worker executes at a time, and which.</summary>
public sealed class SlotTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Theory]
    [InlineData(1, 500)]
    [InlineData(7, 3000)]
    public async Task There_are_never_more_handlers_than_slots(int slots, int count)
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", slots));
        var ids = await worker.EnqueueManyAsync(count, i => Worker.Spec("yield", 5, queue: $"q{i % 3}", priority: (Priority)(i % 4)));

        await Until.TrueAsync("all are executed", () => _stage.Executions.Count == count);

        foreach (var id in ids) await worker.RunAsync(id, RunState.Succeeded);
        Assert.All(_stage.Executions, run => Assert.Equal(1, run.Value));
        Assert.InRange(_stage.Most, 1, slots);
    }

    [Fact]
    public async Task All_slots_are_used()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 50));
        var ids = await worker.EnqueueManyAsync(60, _ => Worker.Spec("wait"));

        await Until.TrueAsync("fifty run", () => _stage.Order.Count == 50);

        Assert.Equal(50, _stage.Most);
        foreach (var id in ids) _stage.Open(id);
        foreach (var id in ids) await worker.RunAsync(id, RunState.Succeeded);
        Assert.Equal(50, _stage.Most);
    }

    [Fact]
    public async Task What_is_critical_comes_first()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 1));
        var first = await worker.EnqueueAsync("wait");
        await _stage.Started(first).Soon();
        var low = await worker.EnqueueAsync("ok", priority: Priority.Low);
        var normal = await worker.EnqueueAsync("ok", queue: "other");
        var high = await worker.EnqueueAsync("ok", priority: Priority.High);
        var critical = await worker.EnqueueAsync("ok", queue: "other", priority: Priority.Critical);

        _stage.Open(first);

        foreach (var id in new[] { low, normal, high, critical }) await worker.RunAsync(id, RunState.Succeeded);
        // The wait for a run may bring one of each line, of which the first is started: it is the most urgent too.
        Assert.Equal([first, critical, high, normal, low], _stage.Order);
    }

    [Fact]
    public async Task Runs_that_came_in_excess_go_back_untouched()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 1));
        // Idle, so that it waits on all lines of these queues.
        await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "a"), RunState.Succeeded);
        await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "b"), RunState.Succeeded);

        for (var round = 0; round < 20; round++)
        {
            var ids = await worker.EnqueueManyAsync(8, i => Worker.Spec("ok", queue: i % 2 == 0 ? "a" : "b", priority: (Priority)(i / 2)));
            foreach (var id in ids)
            {
                var run = await worker.RunAsync(id, RunState.Succeeded);
                Assert.Equal(1, run.Attempt);
                Assert.Equal("queued started succeeded", await worker.StoryAsync(id));
            }
        }

        Assert.Equal(1, _stage.Most);
    }

    [Fact]
    public async Task A_queue_that_comes_into_use_later_is_served_at_once()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
        var longest = TimeSpan.Zero;

        // The wait on the queues known before lasts a second; none of these may wait for its end.
        for (var i = 0; i < 5; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await _stage.Started(await worker.EnqueueAsync("ok", queue: $"new-{i}")).Soon();
            longest += TimeProvider.System.GetElapsedTime(started);
        }

        Assert.True(longest < TimeSpan.FromSeconds(2.5), $"Five new queues were served after {longest} in all.");
    }

    [Fact]
    public async Task A_worker_serves_the_queues_it_was_told_to()
    {
        await using var picky = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "mail, text"));
        var other = await picky.EnqueueAsync("ok", queue: "other");

        foreach (var queue in new[] { "mail", "text" }) await picky.RunAsync(await picky.EnqueueAsync("ok", queue: queue), RunState.Succeeded);

        Assert.Equal(RunState.Queued, (await picky.RunAsync(other)).State);
        await using var all = await Worker.StartAsync(redis, _stage, _prefix);
        await all.RunAsync(other, RunState.Succeeded);
    }

    [Fact]
    public async Task Handlers_that_block_their_threads_do_not_keep_the_worker_from_its_own_work()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null,
            ("Worker:Slots", 40), ("Lease", "00:00:02"), ("Worker:CancelGrace", "00:00:00"));
        var ids = await worker.EnqueueManyAsync(39, _ => Worker.Spec("block"));

        // The last slot is free for one that is cancelled while the others block.
        var hanging = await worker.EnqueueAsync("hang");
        await _stage.Started(hanging).Soon();
        await worker.Runs.CancelAsync([hanging]);
        await worker.RunAsync(hanging, RunState.Cancelled);
        foreach (var id in ids) await _stage.Started(id).Soon();
        foreach (var id in ids) _stage.Open(id);
        foreach (var id in ids) await worker.RunAsync(id, RunState.Succeeded);

        Assert.All(_stage.Executions, run => Assert.Equal(1, run.Value));
    }
}

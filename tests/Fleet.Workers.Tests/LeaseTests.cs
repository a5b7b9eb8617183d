using Fleet.Engine.Redis;

namespace Fleet.Workers.Tests;

/// <summary>A worker that lost a run does no harm to it.</summary>
public sealed class LeaseTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task A_handler_whose_run_was_lost_is_cancelled_and_its_late_end_is_nobodys()
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"), ("Lease", "00:00:01"));
        using var fenced = new MetricCount("fleet.worker.fenced");
        var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:00:01"), ("Worker:Slots", 1));
        var id = await worker.EnqueueAsync("hang-forever");
        await observer.RunAsync(id, RunState.Running);

        // It goes back to the queue, and the only slot is still taken by the handler that lost it.
        await StealAsync(observer);

        await Until.TrueAsync("the handler is asked to end", () => _stage.Tokens[id].IsCancellationRequested);
        await Until.TrueAsync("the loss is counted", () => fenced.Count == 1);
        Assert.Equal("queued started recovered queued", await observer.StoryAsync(id));
        _stage.Open(id);
        await observer.RunAsync(id, RunState.Succeeded);
        Assert.Equal("queued started recovered queued started succeeded", await observer.StoryAsync(id));
        Assert.Equal([1, 2], _stage.Attempts.Select(attempt => attempt.Attempt));
        await worker.DisposeAsync();
        Assert.Equal(1, fenced.Count);
        Assert.Equal(0, await observer.PendingAsync());
    }

    [Fact]
    public async Task A_result_that_comes_before_the_loss_is_known_is_refused_and_counted()
    {
        // With leases this long, nothing but the refusal itself tells the worker.
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"), ("Lease", "00:10:00"));
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:10:00"), ("Worker:Slots", 1));
        using var fenced = new MetricCount("fleet.worker.fenced");
        var id = await worker.EnqueueAsync("wait");
        await observer.RunAsync(id, RunState.Running);

        await StealAsync(observer);
        _stage.Open(id);

        await observer.RunAsync(id, RunState.Succeeded);
        Assert.Equal("queued started recovered queued started succeeded", await observer.StoryAsync(id));
        Assert.Equal(1, fenced.Count);
    }

    [Fact]
    public async Task A_loss_is_learnt_from_what_a_handler_tells_too()
    {
        await using var observer = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"), ("Lease", "00:10:00"));
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null,
            ("Lease", "00:10:00"), ("Worker:CancelGrace", "00:00:00.200"), ("Limits:LogEvents", 1000));
        using var fenced = new MetricCount("fleet.worker.fenced");
        var id = await worker.EnqueueAsync("log-forever");
        await observer.RunAsync(id, RunState.Running);
        var token = _stage.Tokens[id];

        await StealAsync(observer);

        await Until.TrueAsync("the handler is asked to end", () => token.IsCancellationRequested);
        // It is asked first, and counted then.
        await Until.TrueAsync("that is counted", () => fenced.Count >= 1);
        Assert.Contains("recovered", await StoryOfLifeAsync(observer, id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leases_are_kept_for_as_long_as_handlers_take()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Lease", "00:00:02"));
        var ids = await worker.EnqueueManyAsync(10, i => Worker.Spec("wait", queue: $"q{i % 2}", priority: (Priority)(i % 4)));
        foreach (var id in ids) await worker.RunAsync(id, RunState.Running);

        // The sweep looks several times in this while.
        var from = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync("three leases have passed", () => TimeProvider.System.GetElapsedTime(from) > TimeSpan.FromSeconds(5));

        foreach (var id in ids) _stage.Open(id);
        foreach (var id in ids)
        {
            await worker.RunAsync(id, RunState.Succeeded);
            Assert.Equal("queued started succeeded", await worker.StoryAsync(id));
        }
    }

    /// <summary>Does what the sweep does once leases have lapsed, as if all of them had.</summary>
    private static async Task StealAsync(Worker observer)
    {
        var partition = observer.Keys.Partitions[0];
        var call = Scripts.Recover.Call(1,
            [partition.Events, partition.Feed, partition.Active, partition.Retained, partition.Kept(TimeSpan.FromDays(30)),
                partition.Final(RunState.Failed), partition.Final(RunState.Cancelled)],
            [partition.StatsPrefix, 1024, partition.RunPrefix, 0, 100, 256]);
        call.Add([partition.Stream("default", Priority.Normal)]);
        Assert.Equal(1, (int)await call.EvaluateAsync(observer.Redis.Database));
    }

    private static async Task<string> StoryOfLifeAsync(Worker observer, RunId id) =>
        string.Join(' ', (await observer.Reader.GetAsync(id))!.Lifecycle.Select(e => e.Type.Name()));
}

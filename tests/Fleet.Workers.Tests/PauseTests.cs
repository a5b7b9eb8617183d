using Fleet.Engine.Catalogue;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Workers.Tests;

/// <summary>Queues that are paused and resumed while workers serve them.</summary>
public sealed class PauseTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task An_idle_worker_takes_nothing_from_a_paused_queue_and_goes_on_as_soon_as_it_is_resumed()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);

        await PauseAsync(worker);
        var held = await worker.EnqueueManyAsync(5, _ => Worker.Spec("ok"));
        // Another queue goes on, at once; what began to wait before the pause would be handed a run within a second.
        await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "other"), RunState.Succeeded);
        await Task.Delay(Second, CancellationToken.None);
        foreach (var id in held) Assert.Equal("queued", await worker.StoryAsync(id));
        Assert.Equal(0, await worker.PendingAsync());

        var resumed = TimeProvider.System.GetTimestamp();
        await Queues(worker).ResumeAsync("default");
        foreach (var id in held) await _stage.Started(id).Soon();
        Assert.True(TimeProvider.System.GetElapsedTime(resumed) < Second);
        foreach (var id in held) Assert.Equal("queued started succeeded", await StoryOfEndedAsync(worker, id));
    }

    [Fact]
    public async Task What_runs_goes_on_while_its_queue_is_paused()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var running = await worker.EnqueueAsync("wait");
        await _stage.Started(running).Soon();

        await PauseAsync(worker);
        var waiting = await worker.EnqueueAsync("ok");
        _stage.Open(running);

        Assert.Equal(1, (await worker.RunAsync(running, RunState.Succeeded)).Attempt);
        Assert.Equal(RunState.Queued, (await worker.RunAsync(waiting)).State);
        await Queues(worker).ResumeAsync("default");
        await worker.RunAsync(waiting, RunState.Succeeded);
    }

    [Fact]
    public async Task A_worker_that_starts_while_a_queue_is_paused_takes_nothing_from_it()
    {
        await using var first = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));
        var id = await first.EnqueueAsync("ok");
        await Queues(first).PauseAsync("default");

        await using var second = await Worker.StartAsync(redis, _stage, _prefix);
        await second.RunAsync(await second.EnqueueAsync("ok", queue: "other"), RunState.Succeeded);

        Assert.Equal("queued", await second.StoryAsync(id));
    }

    [Fact]
    public async Task A_pause_that_was_told_to_nobody_is_heeded_within_a_second_or_two()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);

        // As PauseAsync does it, but for the message.
        await worker.Redis.Database.SetAddAsync(worker.Keys.Meta.Paused, "default");
        await Until.TrueAsync("it has read it", () => worker.Lines.IsPaused("default"));
        var id = await worker.EnqueueAsync("ok");
        await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "other"), RunState.Succeeded);
        Assert.Equal("queued", await worker.StoryAsync(id));

        await worker.Redis.Database.SetRemoveAsync(worker.Keys.Meta.Paused, "default");
        await worker.RunAsync(id, RunState.Succeeded);
    }

    [Fact]
    public async Task A_pause_cuts_the_wait_for_the_queue_short()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);

        // Each wait lasts a second. Cut short, none of them outlives its pause, so nobody is there to be handed the run.
        for (var round = 0; round < 8; round++)
        {
            await Until.TrueAsync("it waits", async () => await BlockedAsync(worker) == 1);
            var paused = TimeProvider.System.GetTimestamp();
            await PauseAsync(worker);
            await Until.TrueAsync("it waits no more", async () => await BlockedAsync(worker) == 0);
            Assert.True(TimeProvider.System.GetElapsedTime(paused) < Second / 2);
            await Queues(worker).ResumeAsync("default");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Runs_that_are_handed_out_in_spite_of_a_pause_keep_their_places(int count)
    {
        await using var crew = new Crew();
        var workers = crew.Workers;
        for (var i = 0; i < count; i++) workers.Add(await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 1)));
        var expected = new List<RunId>();

        // Runs come in just as the pause goes out, so some waits bring one that is not to be started.
        for (var round = 0; round < 30; round++)
        {
            var pausing = Queues(workers[0]).PauseAsync("default");
            for (var i = 0; i < 5; i++) expected.Add(await workers[0].EnqueueAsync("ok"));
            await pausing;
            await Until.TrueAsync("all know", () => workers.TrueForAll(worker => worker.Lines.IsPaused("default")));
            await Until.TrueAsync("nothing is in flight", async () => await workers[0].PendingAsync() == 0);
            await Queues(workers[0]).ResumeAsync("default");
            await Until.TrueAsync("all know", () => workers.TrueForAll(worker => !worker.Lines.IsPaused("default")));
        }

        foreach (var id in expected) Assert.Equal("queued started succeeded", await StoryOfEndedAsync(workers[0], id));
        Assert.All(_stage.Executions, run => Assert.Equal(1, run.Value));
        Assert.Equal(0, await workers[0].PendingAsync());
        // Several at a time begin in no particular order.
        if (count == 1) Assert.Equal(expected, _stage.Order);
    }

    [Fact]
    public async Task A_pause_outlives_a_Redis_that_was_away()
    {
        var own = RedisServer.OfItsOwn();
        await own.InitializeAsync();
        try
        {
            await using var worker = await Worker.StartAsync(own, _stage, _prefix);
            await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
            await PauseAsync(worker);
            var id = await worker.EnqueueAsync("ok");
            await own.KillAsync();
            await own.RestartAsync();
            await Eventually.AnswersAsync(worker.Redis);

            await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "other"), RunState.Succeeded);

            Assert.Equal("queued", await worker.StoryAsync(id));
            await Queues(worker).ResumeAsync("default");
            await worker.RunAsync(id, RunState.Succeeded);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_worker_whose_queues_are_all_paused_can_leave_at_once()
    {
        var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await PauseAsync(worker);

        await worker.DisposeAsync().AsTask().Soon();
    }

    private static async Task PauseAsync(Worker worker)
    {
        await Queues(worker).PauseAsync("default");
        await Until.TrueAsync("the worker knows", () => worker.Lines.IsPaused("default"));
    }

    /// <summary>How many clients wait in Redis, which is this class's own.</summary>
    private static async Task<int> BlockedAsync(Worker worker)
    {
        var info = (string)(await worker.Redis.Database.ExecuteAsync("INFO", "clients"))!;
        var line = info.Split('\n').Single(line => line.StartsWith("blocked_clients:", StringComparison.Ordinal));
        return int.Parse(line.AsSpan("blocked_clients:".Length).TrimEnd(), provider: null);
    }

    private static async Task<string> StoryOfEndedAsync(Worker worker, RunId id)
    {
        await worker.RunAsync(id, RunState.Succeeded);
        return await worker.StoryAsync(id);
    }

    private static QueueRegistry Queues(Worker worker) => worker.Services.GetRequiredService<QueueRegistry>();

    private sealed class Crew : IAsyncDisposable
    {
        public List<Worker> Workers { get; } = [];

        public async ValueTask DisposeAsync()
        {
            foreach (var worker in Workers) await worker.DisposeAsync();
        }
    }
}

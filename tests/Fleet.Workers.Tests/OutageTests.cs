namespace Fleet.Workers.Tests;

/// <summary>Redis goes away in the middle of work and comes back.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Results_outlive_a_Redis_that_is_killed_and_started_again()
    {
        var redis = RedisServer.OfItsOwn();
        await redis.InitializeAsync();
        try
        {
            var stage = new Stage();
            await using var worker = await Worker.StartAsync(redis, stage, RedisServer.NewPrefix(), null,
                ("Lease", "00:00:03"), ("Worker:Slots", 16));
            var waiting = await worker.EnqueueManyAsync(8, _ => Worker.Spec("log-and-wait", 3));
            foreach (var id in waiting) await worker.RunAsync(id, RunState.Running);
            var ids = await worker.EnqueueManyAsync(2000, _ => Worker.Spec("yield", 50));
            await Until.TrueAsync("some are executed", () => stage.Executions.Count > 200);

            // Redis hands to the system what it answers to, so that its own death, unlike the machine's, forgets nothing.
            await redis.KillAsync();
            foreach (var id in waiting) stage.Open(id);
            foreach (var id in waiting) await stage.Ended(id).Soon();
            await redis.RestartAsync();

            await Until.TrueAsync("Redis is there again", () => worker.Redis.IsConnected);
            foreach (var id in waiting)
            {
                // Their ends came while Redis was away: they were kept, and no other attempt was needed.
                await worker.RunAsync(id, RunState.Succeeded);
                Assert.Equal("queued started log log log succeeded", await worker.StoryAsync(id));
                Assert.Equal(1, stage.Executions[id]);
            }

            foreach (var id in ids) await worker.RunAsync(id, RunState.Succeeded);
            // At least once: only what was in flight in that moment may have been executed again.
            Assert.All(ids, id => Assert.InRange(stage.Executions[id], 1, 2));
            Assert.InRange(ids.Count(id => stage.Executions[id] > 1), 0, 600);
            await Until.TrueAsync("nothing is in flight", async () => await worker.PendingAsync() == 0);
            await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_worker_can_leave_while_Redis_is_away()
    {
        var redis = RedisServer.OfItsOwn();
        await redis.InitializeAsync();
        try
        {
            var stage = new Stage();
            var worker = await Worker.StartAsync(redis, stage, RedisServer.NewPrefix());
            var id = await worker.EnqueueAsync("wait");
            await worker.RunAsync(id, RunState.Running);
            await redis.KillAsync();
            stage.Open(id);

            await worker.DisposeAsync().AsTask().Soon();
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }
}

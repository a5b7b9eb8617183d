using Fleet.Testing;

namespace Fleet.Engine.Live.Tests;

/// <summary>Each test has a Redis of its own, to end and start as it needs.</summary>
public sealed class RedisAwayTests : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.OfItsOwn();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task ARestartOfRedis_LosesNoEventOfAWatchedRun()
    {
        await using var host = await LiveHost.StartAsync(_redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);
        var run = await host.Driver.StartOneAsync();
        await host.Driver.LogAsync(run, 1, 100);

        await _redis.KillAsync();
        await _redis.RestartAsync();
        // From a process that is back sooner than the one that watches.
        await using (var other = await LiveHost.StartAsync(_redis, host.Keys.Partitions[0].Feed.Split(':')[0]))
        {
            await other.Driver.LogAsync(run, 101, 100);
            await other.Driver.FinishAsync([run]);
        }

        Assert.Equal(203, (await recorder.WaitForAsync(EventType.Succeeded, Eventually.Patience)).Seq);
        Assert.Equal(0, recorder.Gaps);

        // And the watch is as live as before.
        await Eventually.AnswersAsync(host.Redis);
        await host.Driver.RetryAsync(id);
        await recorder.WaitForAsync(EventType.Queued, Eventually.Patience);
    }

    [Fact]
    public async Task ARedisThatLostItsLastWrites_IsFollowedFromWhereItStands()
    {
        await using var host = await LiveHost.StartAsync(_redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);
        var key = host.Keys.Of(id)!.Run(id);
        var before = await host.Redis.Database.KeyDumpAsync(key);
        await host.Driver.StartOneAsync();
        await recorder.WaitForAsync(EventType.Started, Eventually.Patience);

        // As after a failover to a replica that was behind.
        await host.Redis.Database.KeyDeleteAsync(key);
        await host.Redis.Database.KeyRestoreAsync(key, before!);
        await _redis.KillAsync();
        await _redis.RestartAsync();

        await Eventually.IsTrueAsync(() => recorder.Gaps == 1);
        Assert.Equal([Engine.Runs.CancelOutcome.Told], await host.Store.CancelAsync([id]));
        Assert.Equal(2, (await recorder.WaitForAsync(EventType.Started, Eventually.Patience)).Seq);
    }

    [Fact]
    public async Task ARestartOfRedis_TellsThoseWhoWatchTheFeedThatTheyMissedSomething()
    {
        await using var host = await LiveHost.StartAsync(_redis);
        using var watch = host.Feed.Watch(new FeedFilter());
        await _redis.KillAsync();
        await _redis.RestartAsync();

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            if (!update.Interrupted) continue;
            // Nothing more is missed from here on.
            await Eventually.AnswersAsync(host.Redis);
            var id = await host.Driver.EnqueueAsync();
            await foreach (var later in watch.ReadAsync(timeout.Token))
            {
                if (later.Runs.Any(run => run.Id == id)) return;
            }
        }

        Assert.Fail("The watcher was not told.");
    }
}

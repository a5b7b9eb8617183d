using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Live.Tests;

public sealed class RunWatcherTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchAsync_FromQueuedToSucceeded_TellsEveryEventOnce()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);

        var run = await host.Driver.StartOneAsync();
        for (var line = 1; line <= 2000; line += 10) await host.Driver.LogAsync(run, line, 10);
        await host.Driver.FinishAsync([run]);

        var end = await recorder.WaitForAsync(EventType.Succeeded);
        Assert.Equal(2003, end.Seq);
        Assert.True(end.Data!.Value.GetProperty("output").GetProperty("ok").GetBoolean());
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task WatchAsync_NobodyReads_KeepsNoMoreThanTheBoundAndLosesNothing()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        var slow = (await host.Watcher.WatchAsync(id, 0))!;
        await using var quick = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);

        var run = await host.Driver.StartOneAsync();
        var lines = RunInbox.MostMessages * 3;
        for (var line = 1; line <= lines; line++) await host.Driver.LogAsync(run, line, 1);
        await host.Driver.FinishAsync([run]);
        // Both are told by the same loop: what the quick one has, the slow one was offered.
        await quick.WaitForAsync(EventType.Succeeded);

        await using var recorder = new RunRecorder(slow);
        var end = await recorder.WaitForAsync(EventType.Succeeded);
        Assert.Equal(lines + 3, end.Seq);
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task WatchAsync_ALongTimeline_GoesOnAfterTheSnapshotWithoutNews()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        var run = await host.Driver.StartOneAsync();
        await host.Driver.LogAsync(run, 1, 2500);

        var watch = (await host.Watcher.WatchAsync(id, 0))!;
        Assert.Equal(RunWatch.MostEventsAtOnce, watch.Snapshot.Events.Count);
        await using var recorder = new RunRecorder(watch);

        await Eventually.IsTrueAsync(() => recorder.Seen == 2502);
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task WatchAsync_AfterAnEvent_StartsBehindIt()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        var run = await host.Driver.StartOneAsync();
        await host.Driver.LogAsync(run, 1, 3);

        var watch = (await host.Watcher.WatchAsync(id, 4))!;
        Assert.Equal([5], watch.Snapshot.Events.Select(news => news.Seq));
        Assert.False(watch.Snapshot.Gap);
        await using var recorder = new RunRecorder(watch, after: 4);
        await host.Driver.FinishAsync([run]);
        Assert.Equal(6, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task WatchAsync_AfterAnEventThatNeverWas_SaysSoAndTellsWhatHappensNext()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();

        var watch = (await host.Watcher.WatchAsync(id, 10))!;
        Assert.Empty(watch.Snapshot.Events);
        Assert.True(watch.Snapshot.Gap);
        await using var recorder = new RunRecorder(watch, after: 1);
        await host.Driver.SucceedOneAsync();
        Assert.Equal(3, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task ReadAsync_SnapshotOlderThanTheMark_ReadsOnAtOnce()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        var snapshot = (await host.Reader.EventsAsync(id, 0))!;
        await host.Driver.SucceedOneAsync();

        // As when the mark is put a second time, because Redis did not know its script, and the snapshot was read in between.
        var watch = new RunWatch(id, host.Reader, TimeProvider.System, _ => Task.CompletedTask);
        watch.Begin(snapshot, newest: 3);
        await using var recorder = new RunRecorder(watch);

        Assert.Equal(3, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task WatchAsync_TrimmedLog_SaysThatThereIsAGap()
    {
        await using var host = await LiveHost.StartAsync(redis, logEvents: 100);
        var id = await host.Driver.EnqueueAsync();
        var run = await host.Driver.StartOneAsync();
        await host.Driver.LogAsync(run, 1, 900);

        await using var watch = (await host.Watcher.WatchAsync(id, 0))!;
        Assert.True(watch.Snapshot.Gap);
        Assert.Equal(1, watch.Snapshot.Events[0].Seq);
        Assert.Equal(902, watch.Snapshot.Events[^1].Seq);
    }

    [Fact]
    public async Task WatchAsync_NoSuchRun_IsNullAndLeavesNothing()
    {
        await using var host = await LiveHost.StartAsync(redis);
        Assert.Null(await host.Watcher.WatchAsync(RunId.New(1, 0), 0));
        Assert.Null(await host.Watcher.WatchAsync(RunId.New(1, 1000), 0));
        Assert.Equal(0, host.Watcher.Watches);
    }

    [Fact]
    public async Task ReadAsync_RetriedRun_GoesOn()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);

        await host.Driver.FinishAsync([await host.Driver.StartOneAsync()], AttemptOutcome.Failed);
        await recorder.WaitForAsync(EventType.Failed);
        await host.Driver.RetryAsync(id);
        await host.Driver.SucceedOneAsync();

        Assert.Equal(6, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task ReadAsync_DisposedWatch_Ends()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var watch = (await host.Watcher.WatchAsync(await host.Driver.EnqueueAsync(), 0))!;
        await using var recorder = new RunRecorder(watch);
        await watch.DisposeAsync();
        await recorder.Reading.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task ReadAsync_MessageThatIsNotUnderstood_ReadsTheRecordInstead()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);

        // Unmarked, so that the script publishes nothing, as when a message is lost.
        var partition = host.Keys.Of(id)!;
        await host.Redis.Database.HashDeleteAsync(partition.Run(id), "watched");
        await host.Driver.SucceedOneAsync();
        await host.Redis.Database.ExecuteAsync("SPUBLISH", (RedisKey)partition.RunChannel(id), """[{"seq":1,"type":"teleported"}]""");

        Assert.Equal(3, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task ReadAsync_LostMessage_IsFilledInBeforeTheNext()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);
        var partition = host.Keys.Of(id)!;

        await host.Redis.Database.HashDeleteAsync(partition.Run(id), "watched");
        var run = await host.Driver.StartOneAsync();
        await host.Driver.LogAsync(run, 1, 5);
        await host.Redis.Database.HashSetAsync(partition.Run(id), "watched", long.MaxValue / 1024);
        await host.Driver.FinishAsync([run]);

        Assert.Equal(8, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task WatchersWhoComeAndGo_NeverTakeOthersSubscriptionAway()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        for (var round = 0; round < 50; round++)
        {
            // Each round some leave while others come, so that last leavers and first comers meet.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                for (var i = 0; i < 5; i++) await (await host.Watcher.WatchAsync(id, 0))!.DisposeAsync();
            }));
            Assert.Equal(0, host.Watcher.Watches);
            Assert.Equal(0, await SubscribersAsync(host, id));
        }

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => await (await host.Watcher.WatchAsync(id, 0))!.DisposeAsync()));
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);
        await host.Driver.SucceedOneAsync();
        await recorder.WaitForAsync(EventType.Succeeded);
        Assert.Equal(0, recorder.Gaps);
    }

    [Fact]
    public async Task AWatcherWhoStays_HearsEverythingWhileOthersComeAndGo()
    {
        await using var host = await LiveHost.StartAsync(redis);
        var id = await host.Driver.EnqueueAsync();
        await using var recorder = new RunRecorder((await host.Watcher.WatchAsync(id, 0))!);
        var run = await host.Driver.StartOneAsync();

        using var over = new CancellationTokenSource();
        var others = Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!over.IsCancellationRequested) await (await host.Watcher.WatchAsync(id, 0))!.DisposeAsync();
        }).ToList();
        for (var line = 1; line <= 500; line++) await host.Driver.LogAsync(run, line, 1);
        await over.CancelAsync();
        await Task.WhenAll(others);
        await host.Driver.FinishAsync([run]);

        Assert.Equal(503, (await recorder.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.Equal(1, host.Watcher.Watches);
    }

    private static Task<long> SubscribersAsync(LiveHost host, RunId id) =>
        ShardedChannel.ListenersAsync(host.Redis.Database, host.Keys.Of(id)!.RunChannel(id));
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

public sealed class FeedHubTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchFeed_FiveThousandRuns_ShowsTheEndOfEach()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var states = new ConcurrentDictionary<RunId, FeedItem>();
        var pushes = 0;
        client.On<IReadOnlyList<FeedItem>>("Feed", runs =>
        {
            Interlocked.Increment(ref pushes);
            foreach (var run in runs)
            {
                if (states.TryGetValue(run.Id, out var before)) Assert.True(run.Seq > before.Seq, "A state came again or late.");
                states[run.Id] = run;
            }
        });
        var began = TimeProvider.System.GetTimestamp();
        Assert.Empty((await client.InvokeAsync<FeedSnapshot>("WatchFeed")).Runs);

        var ids = await app.Driver.EnqueueManyAsync(5000);
        while (await app.Driver.TakeAsync(128) is { Count: > 0 } runs)
            await app.Driver.FinishAsync(runs, runs[0].Id.ToString()[^1] % 2 == 0 ? AttemptOutcome.Succeeded : AttemptOutcome.Failed);

        await Eventually.IsTrueAsync(() => states.Count == 5000 && states.Values.All(run => run.State.IsFinal()));
        Assert.Equal(ids.Order(), states.Keys.Order());
        // At most one in 100 ms, the first of which comes at once.
        Assert.InRange(pushes, 1, TimeProvider.System.GetElapsedTime(began).TotalMilliseconds / 100 + 1);
    }

    [Fact]
    public async Task WatchFeed_Answer_HasCountsAndTheNewestRuns()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var ids = await app.Driver.EnqueueManyAsync(150);
        await app.Driver.FinishAsync(await app.Driver.TakeAsync(40));

        var snapshot = await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        Assert.Equal(RunStates.All.Select(state => state.Name()).Order(), snapshot.Counts.Keys.Order());
        Assert.Equal(110, snapshot.Counts["queued"]);
        Assert.Equal(40, snapshot.Counts["succeeded"]);
        Assert.Equal(ids.OrderDescending().Take(100), snapshot.Runs.Select(run => run.Id));
    }

    [Fact]
    public async Task WatchFeed_WithAFilter_ShowsOnlyWhatPasses()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var feed = Channel.CreateUnbounded<FeedItem>();
        client.On<IReadOnlyList<FeedItem>>("Feed", runs =>
        {
            foreach (var run in runs) feed.Writer.TryWrite(run);
        });
        await client.InvokeAsync<FeedSnapshot>("WatchFeed", new FeedFilter { Tag = "blue", State = [RunState.Succeeded] });
        await app.Driver.EnqueueAsync("test.job", "red");
        var blue = await app.Driver.EnqueueAsync("test.job", "blue");
        await app.Driver.FinishAsync(await app.Driver.TakeAsync(2));

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        var shown = await feed.Reader.ReadAsync(timeout.Token);
        Assert.Equal(blue, shown.Id);
        Assert.Equal(RunState.Succeeded, shown.State);
    }

    [Fact]
    public async Task UnwatchFeed_NothingComesAfterItsAnswer()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var pushes = 0;
        client.On<IReadOnlyList<FeedItem>>("Feed", _ => Interlocked.Increment(ref pushes));
        await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        await client.InvokeAsync("UnwatchFeed");
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        await app.Driver.SucceedOneAsync();
        await watch.WaitForAsync(EventType.Succeeded);
        Assert.Equal(0, pushes);
        Assert.Equal(1, app.Watches);
    }
}

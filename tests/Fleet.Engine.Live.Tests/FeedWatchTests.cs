using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Live.Tests;

public sealed class FeedWatchTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task ReadAsync_ManyRunsWhileNobodyReads_TellsTheNewestStateOfEach()
    {
        await using var host = await LiveHost.StartAsync(redis);
        using var watch = host.Feed.Watch(new FeedFilter());
        var ids = await host.Driver.EnqueueManyAsync(1000);
        while (await host.Driver.TakeAsync(128) is { Count: > 0 } runs) await host.Driver.FinishAsync(runs);

        var states = new Dictionary<RunId, RunState>();
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            Assert.False(update.Interrupted);
            foreach (var item in update.Runs) states[item.Id] = item.State;
            if (states.Count == ids.Count && states.Values.All(RunStates.IsFinal)) break;
        }

        Assert.Equal(ids.Order(), states.Keys.Order());
    }

    [Fact]
    public async Task ReadAsync_MoreChangesThanAreKept_SaysSoInsteadOfGrowing()
    {
        await using var host = await LiveHost.StartAsync(redis);
        using var watch = host.Feed.Watch(new FeedFilter());
        var items = Enumerable.Range(0, NewestStates.MostRunsWaiting + 1).Select(Item).ToList();
        watch.Publish(items);
        watch.Publish([Item(-1)]);

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            Assert.True(update.Interrupted);
            Assert.Single(update.Runs);
            break;
        }
    }

    [Fact]
    public async Task ReadAsync_LateNews_DoesNotReplaceANewerState()
    {
        await using var host = await LiveHost.StartAsync(redis);
        using var watch = host.Feed.Watch(new FeedFilter());
        var queued = Item(1);
        watch.Publish([queued with { Seq = 3, State = RunState.Succeeded }]);
        watch.Publish([queued]);

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            Assert.Equal(RunState.Succeeded, Assert.Single(update.Runs).State);
            break;
        }
    }

    [Fact]
    public async Task ReadAsync_Filter_LetsOnlyThroughWhatPasses()
    {
        await using var host = await LiveHost.StartAsync(redis);
        using var watch = host.Feed.Watch(new FeedFilter { Job = "test.wanted", State = [RunState.Failed], Tag = "blue" });
        await host.Driver.EnqueueAsync("test.other", "blue");
        await host.Driver.EnqueueAsync("test.wanted", "red");
        var wanted = await host.Driver.EnqueueAsync("test.wanted", "blue", "round");
        await host.Driver.FinishAsync(await host.Driver.TakeAsync(3), AttemptOutcome.Failed);

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            if (update.Runs.Count == 0) continue;
            var item = Assert.Single(update.Runs);
            Assert.Equal(wanted, item.Id);
            Assert.Equal(["blue", "round"], item.Tags);
            break;
        }
    }

    [Fact]
    public async Task ReadAsync_BatchThatIsNotUnderstood_SaysThatSomethingWasMissed()
    {
        await using var host = await LiveHost.StartAsync(redis);
        using var watch = host.Feed.Watch(new FeedFilter());
        await host.Redis.Database.ExecuteAsync("SPUBLISH", (RedisKey)host.Keys.Partitions[0].Feed, """[["x"]]""");

        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            if (update.Interrupted) return;
        }

        Assert.Fail("The watcher was not told.");
    }

    [Fact]
    public async Task SnapshotAsync_ShowsTheNewestRunsAsTheLiveFeedDoes()
    {
        await using var host = await LiveHost.StartAsync(redis, partitions: 3);
        using var watch = host.Feed.Watch(new FeedFilter());
        var ids = await host.Driver.EnqueueManyAsync(120);
        var taken = await host.Driver.TakeAsync(120);
        await host.Driver.FinishAsync([.. taken.Where(run => run.Id > ids.Order().ElementAt(59))]);

        var snapshot = await host.FeedReader.SnapshotAsync(new FeedFilter());
        Assert.Equal(FeedReader.MostRuns, snapshot.Runs.Count);
        Assert.Equal(ids.OrderDescending().Take(FeedReader.MostRuns), snapshot.Runs.Select(run => run.Id));
        Assert.Equal(60, snapshot.Counts["succeeded"]);
        Assert.Equal(60, snapshot.Runs.Count(run => run.State == RunState.Succeeded));

        var live = new Dictionary<RunId, FeedItem>();
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            foreach (var item in update.Runs) live[item.Id] = item;
            if (live.Values.Count(item => item.State == RunState.Succeeded) == 60) break;
        }

        foreach (var shown in snapshot.Runs.Where(run => run.State == RunState.Succeeded))
            Assert.Equivalent(live[shown.Id], shown);

        var filtered = await host.FeedReader.SnapshotAsync(new FeedFilter { State = [RunState.Succeeded, RunState.Failed] });
        Assert.Equal(60, filtered.Runs.Count);
        Assert.All(filtered.Runs, run => Assert.Equal(RunState.Succeeded, run.State));
    }

    private static FeedItem Item(int number) => new()
    {
        Id = RunId.New(number + 1, 0),
        Job = "test.job",
        Queue = "default",
        State = RunState.Queued,
        Seq = 1,
    };
}

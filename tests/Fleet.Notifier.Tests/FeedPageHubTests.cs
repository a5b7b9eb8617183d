using Fleet.Engine.Runs;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Notifier.Tests;

/// <summary>What a table of runs needs: one page, the counts, chosen runs.</summary>
public sealed class FeedPageHubTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchFeed_FirstPage_ShowsWhoEntersAndWhoLeaves()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var ids = (await app.Driver.EnqueueManyAsync(5)).OrderDescending().ToList();
        await using var client = await app.ConnectAsync();
        var table = await FeedTable.WatchAsync(client, new FeedFilter { State = [RunState.Queued], Page = new ListWindow { Limit = 3 } });
        Assert.Equal(ids[..3], table.Ids);
        Assert.Equal(ids[2].ToString(), table.Next);

        var newest = await app.Driver.EnqueueAsync();
        await Eventually.IsTrueAsync(() => table.Ids.SequenceEqual([newest, ids[0], ids[1]]) && table.Next == ids[1].ToString());

        // Below the page something changes, then everything: nobody waits to take the places.
        await app.Services.GetRequiredService<RunStore>().CancelAsync([ids[4]]);
        await app.Services.GetRequiredService<RunStore>().CancelAsync([ids[0], ids[1], ids[2], ids[3]]);
        await Eventually.IsTrueAsync(() => table.Ids.SequenceEqual([newest]) && table.Next is null);
    }

    [Fact]
    public async Task WatchFeed_RunsLeaveAFullPage_ThoseOfTheNextTakeTheirPlaces()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var ids = (await app.Driver.EnqueueManyAsync(10)).OrderDescending().ToList();
        await using var client = await app.ConnectAsync();
        var first = await FeedTable.WatchAsync(client, new FeedFilter { State = [RunState.Queued], Page = new ListWindow { Limit = 4 } });
        await using var other = await app.ConnectAsync();
        var second = await FeedTable.WatchAsync(other, new FeedFilter { State = [RunState.Queued], Page = new ListWindow { Limit = 4, Cursor = ids[3] } });
        Assert.Equal(ids[4..8], second.Ids);

        await app.Services.GetRequiredService<RunStore>().CancelAsync([ids[1], ids[2]]);
        await Eventually.IsTrueAsync(() => first.Ids.SequenceEqual([ids[0], ids[3], ids[4], ids[5]]));
        Assert.Equal(ids[5].ToString(), first.Next);
        Assert.Equal(ids[4..8], second.Ids);
        Assert.Equal(0, second.Pages);
    }

    [Fact]
    public async Task WatchFeed_SomeRuns_TellsOfThoseOnly()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var ids = await app.Driver.EnqueueManyAsync(20);
        await using var client = await app.ConnectAsync();
        var table = await FeedTable.WatchAsync(client, new FeedFilter { Ids = [ids[3], ids[7]] });
        Assert.Equal(new[] { ids[3], ids[7] }.Order(), table.Ids.Order());
        await app.Driver.FinishAsync(await app.Driver.TakeAsync(20));
        await Eventually.IsTrueAsync(() => table.Runs.Values.Count(run => run.State == RunState.Succeeded) == 2);
        Assert.Equal(2, table.Runs.Count);
    }

    [Fact]
    public async Task WatchFeed_Counts_FollowWhatChanges()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var table = await FeedTable.WatchAsync(client, new FeedFilter { Job = "none" });
        await app.Driver.EnqueueManyAsync(10);
        await app.Driver.FinishAsync(await app.Driver.TakeAsync(4));
        await Eventually.IsTrueAsync(() => table.Counts["queued"] == 6 && table.Counts["succeeded"] == 4);
        Assert.Empty(table.Runs);
    }
}

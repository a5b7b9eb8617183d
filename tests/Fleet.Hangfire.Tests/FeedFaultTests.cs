using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>What goes wrong with what the picture is made from: a feed that was cut too soon, a fleet that lost its data.</summary>
public sealed class FeedFaultTests(RedisServer server) : PictureTests(server)
{
    [Fact]
    public async Task A_feed_that_was_cut_before_it_was_read_is_made_up_for()
    {
        var fleet = await StartAsync();
        var before = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
        var waiting = await fleet.EnqueueAsync(queue: "other");
        await fleet.ShowsAsync(before, "Succeeded");
        await fleet.ShowsAsync(waiting, "Enqueued");
        await fleet.SettleAsync();
        await fleet.StopAsync();

        var failed = await EndAsync(fleet, AttemptOutcome.Failed, Error);
        var succeeded = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
        await fleet.Runs.CancelAsync([waiting]);
        await fleet.FleetRedis.StreamTrimAsync(fleet.FleetKeys.Partitions[0].Events, 1, useApproximateMaxLength: false);

        var next = await StartAnotherAsync(fleet);
        await next.ShowsAsync(failed, "Failed");
        await next.ShowsAsync(succeeded, "Succeeded");
        await next.ShowsAsync(waiting, "Deleted");
        await next.SettleAsync();
        await PageTests.AssertCountsAsync(next);
        foreach (var (ending, count) in new[] { ("succeeded", 2), ("failed", 1), ("deleted", 1) })
            Assert.Equal(count, (await next.Dashboard.DaysAsync(ending, Now))[^2..].Sum());
        await AssertNothingIsLeftOverAsync(next);
    }

    [Fact]
    public async Task Totals_stay_exact_over_a_cut_feed_also_where_the_fleet_forgot_runs()
    {
        var fleet = await StartAsync();
        var ids = new List<RunId>();
        for (var i = 0; i < 4; i++) ids.Add(await EndAsync(fleet, AttemptOutcome.Succeeded, "1"));
        await fleet.ShowsAsync(ids[^1], "Succeeded");
        await fleet.SettleAsync();
        await fleet.Runs.DeleteAsync(ids[..2]);
        // What is read next tells how many are left.
        ids.Add(await EndAsync(fleet, AttemptOutcome.Succeeded, "1"));
        await fleet.ShowsAsync(ids[^1], "Succeeded");
        await fleet.SettleAsync();
        await fleet.StopAsync();

        ids.Add(await EndAsync(fleet, AttemptOutcome.Succeeded, "1"));
        await fleet.FleetRedis.StreamTrimAsync(fleet.FleetKeys.Partitions[0].Events, 1, useApproximateMaxLength: false);
        var next = await StartAnotherAsync(fleet);
        await next.ShowsAsync(ids[^1], "Succeeded");
        await next.SettleAsync();
        Assert.Equal(6, (await next.Dashboard.StatisticsAsync())["succeeded"]);
        Assert.Equal(4, (await next.Stats.CountsAsync())["succeeded"]);
    }

    [Fact]
    public async Task A_fleet_that_lost_its_data_is_shown_as_it_is()
    {
        var own = RedisServer.OfItsOwn();
        await own.InitializeAsync();
        try
        {
            var fleet = await FleetWithPicture.StartAsync(own, new() { ["Fleet:Hangfire:Redis"] = Server.Address });
            await using var _ = fleet;
            var lost = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
            await fleet.ShowsAsync(lost, "Succeeded");
            await fleet.FleetRedis.ExecuteAsync("FLUSHALL");
            await fleet.HidesAsync(lost);
            var id = await fleet.EnqueueAsync(queue: "again");
            await fleet.ShowsAsync(id, "Enqueued");
            Assert.Empty(await fleet.Dashboard.SucceededAsync());
        }
        finally
        {
            await own.DisposeAsync();
        }
    }
}

using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>Holds that listings are bounded and counters are not, however much comes at once.</summary>
public sealed class BoundTests(RedisServer server) : PictureTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Of_final_runs_the_newest_500_are_shown_and_all_are_counted(int partitions)
    {
        var fleet = await StartAsync(new() { ["Fleet:Partitions"] = $"{partitions}" });
        for (var wave = 0; wave < 3; wave++)
        {
            await fleet.Driver.EnqueueManyAsync(600);
            await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(600));
            await fleet.Driver.EnqueueManyAsync(200);
            await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(200), AttemptOutcome.Failed);
            await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.StatisticsAsync())["succeeded"] == (wave + 1) * 600);
        }

        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.DaysAsync("failed", Now))[^2..].Sum() == 600);
        await fleet.SettleAsync();
        Assert.Equal(1800, (await fleet.Dashboard.DaysAsync("succeeded", Now))[^2..].Sum());
        Assert.Equal(500, await fleet.Redis.ListLengthAsync(fleet.Keys.Succeeded));
        Assert.Equal(500, await fleet.Redis.SortedSetLengthAsync(fleet.Keys.Failed));
        // No job is kept that is not listed, and every listed one is there.
        Assert.Equal(1000, await fleet.Redis.HashLengthAsync(fleet.Keys.Runs));
        var rows = await fleet.Dashboard.SucceededAsync(500);
        Assert.All(rows, row => Assert.True(row.InState("Succeeded")));
        Assert.Equal(rows.Select(row => row.State["SucceededAt"]).OrderDescending(), rows.Select(row => row.State["SucceededAt"]));
        Assert.Equal(1000, await JobsAsync(fleet));
    }

    [Fact]
    public async Task Of_waiting_runs_as_many_as_are_listed_are_shown_and_others_take_their_places()
    {
        var fleet = await StartAsync(new() { ["Fleet:Hangfire:Listed"] = "20" });
        await fleet.Driver.EnqueueManyAsync(20);
        await Eventually.IsTrueAsync(async () => await fleet.Redis.ListLengthAsync(fleet.Keys.Queue("default")) == 20);
        await fleet.Driver.EnqueueManyAsync(80);
        await fleet.SettleAsync();
        Assert.Equal(20, await JobsAsync(fleet));

        // Those that are shown came first, so they are executed, and more: of those that still wait, others are shown.
        await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(70));
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.StatisticsAsync())["succeeded"] == 70);
        await Eventually.IsTrueAsync(async () => await fleet.Redis.ListLengthAsync(fleet.Keys.Queue("default")) == 20);
        Assert.All(await fleet.Dashboard.QueueAsync("default"), row => Assert.True(row.InState("Enqueued")));

        await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(30));
        await Eventually.IsTrueAsync(async () => await fleet.Redis.ListLengthAsync(fleet.Keys.Queue("default")) == 0);
        await fleet.SettleAsync();
        await PageTests.AssertCountsAsync(fleet);
    }

    [Fact]
    public async Task What_waits_at_the_start_is_shown_to_its_bound_and_what_ended_to_the_newest()
    {
        var fleet = await StartAsync(new() { ["Fleet:Hangfire:Enabled"] = "true", ["Fleet:Hangfire:Listed"] = "20" });
        await fleet.StopAsync();
        await fleet.Driver.EnqueueManyAsync(700);
        await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(600));
        await fleet.Redis.KeyDeleteAsync([fleet.Keys.Progress, fleet.Keys.Runs]);

        var next = await StartAnotherAsync(fleet, new() { ["Fleet:Hangfire:Listed"] = "20" });
        await Eventually.IsTrueAsync(async () => await next.Redis.ListLengthAsync(next.Keys.Succeeded) == 500);
        await next.SettleAsync();
        Assert.Equal(20, await next.Redis.ListLengthAsync(next.Keys.Queue("default")));
        Assert.Equal(600, (await next.Dashboard.StatisticsAsync())["succeeded"]);
        // They ended before anybody counted by the day.
        Assert.Equal(0, (await next.Dashboard.DaysAsync("succeeded", Now)).Sum());
    }

    [Fact]
    public async Task Runs_that_the_fleet_forgets_disappear_and_stay_counted()
    {
        var fleet = await StartAsync();
        await fleet.Driver.EnqueueManyAsync(3);
        await fleet.Driver.FinishAsync(await fleet.Driver.TakeAsync(3));
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.SucceededAsync()).Count == 3);
        var id = RunId.Parse((await fleet.Dashboard.SucceededAsync())[0].Id);
        await fleet.Runs.DeleteAsync([id]);
        await fleet.HidesAsync(id);
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.SucceededAsync()).Count == 2);
        Assert.Equal(3, (await fleet.Dashboard.StatisticsAsync())["succeeded"]);
    }

    [Fact]
    public async Task A_job_whose_keys_went_is_written_again_where_the_run_is_still_there()
    {
        var fleet = await StartAsync();
        var id = await fleet.EnqueueAsync();
        await fleet.ShowsAsync(id, "Enqueued");
        await fleet.Redis.KeyDeleteAsync([fleet.Keys.Job($"{id}"), fleet.Keys.State($"{id}"), fleet.Keys.History($"{id}")]);
        await fleet.ShowsAsync(id, "Enqueued");
        Assert.NotNull(await fleet.Dashboard.DetailsAsync($"{id}"));
    }

    private static async Task<int> JobsAsync(FleetWithPicture fleet)
    {
        var jobs = 0;
        await foreach (var _ in fleet.Redis.Multiplexer.GetServers()[0].KeysAsync(pattern: $"{fleet.Keys.Job("")}*:history")) jobs++;
        return jobs;
    }
}

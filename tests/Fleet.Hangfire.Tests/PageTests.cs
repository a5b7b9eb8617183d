using System.Text;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>Reads the picture as each page of the dashboard does, and compares with what Fleet says.</summary>
public sealed class PageTests(RedisServer server) : PictureTests(server)
{
    private static readonly WorkerInfo Worker = new()
    {
        Id = "driver", Host = "h", Version = "1", Slots = 8, Queues = ["default", "mail.out"], StartedAt = DateTimeOffset.UnixEpoch.AddYears(50),
    };

    [Theory, InlineData(1), InlineData(3)]
    public async Task Every_page_shows_what_the_fleet_says(int partitions)
    {
        var fleet = await StartAsync(new() { ["Fleet:Partitions"] = $"{partitions}" });
        await fleet.Workers.AnnounceAsync(Worker);
        var succeeded = await RunOneAsync(fleet, "one", AttemptOutcome.Succeeded, """{"n":1}""");
        var failed = await RunOneAsync(fleet, "two", AttemptOutcome.Failed, Error);
        var retried = await RunOneAsync(fleet, "three", AttemptOutcome.Retry, Error);
        var cancelled = await fleet.EnqueueAsync(queue: "four");
        await fleet.Runs.CancelAsync([cancelled]);
        await fleet.EnqueueAsync(queue: "five");
        var running = (await fleet.StartOneAsync("five")).Id;
        var scheduled = await fleet.EnqueueAsync(delay: TimeSpan.FromHours(2));
        var waiting = await fleet.EnqueueAsync(queue: "mail.out");
        foreach (var (id, state) in new[]
                 {
                     (succeeded, "Succeeded"), (failed, "Failed"), (retried, "Scheduled"), (cancelled, "Deleted"), (running, "Processing"),
                     (scheduled, "Scheduled"), (waiting, "Enqueued"),
                 }) await fleet.ShowsAsync(id, state);
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.ServersAsync()).Count == 1);
        await fleet.SettleAsync();
        var dashboard = fleet.Dashboard;

        await AssertCountsAsync(fleet);
        Assert.Equal(["default", "five", "four", "mail_out", "one", "three", "two"], (await dashboard.QueuesAsync()).Keys.Order());
        Assert.Equal((1, 0), ((await dashboard.QueuesAsync())["mail_out"].Length, (await dashboard.QueuesAsync())["mail_out"].Fetched));
        Assert.Equal($"{waiting}", Assert.Single((await dashboard.QueuesAsync())["mail_out"].Next).Id);
        Assert.True(Assert.Single(await dashboard.QueueAsync("mail_out")).InState("Enqueued"));
        Assert.Equal([$"{retried}", $"{scheduled}"], (await dashboard.ScheduledAsync()).Select(row => row.Id).Order());
        Assert.Equal((await fleet.RecordAsync(scheduled)).Run.DueAt!.Value.ToUnixTimeSeconds(), (await dashboard.ScheduledAsync()).Single(row => row.Id == $"{scheduled}").Score);
        var processing = Assert.Single(await dashboard.ProcessingAsync());
        Assert.Equal(($"{running}", true), (processing.Id, processing.IsServerKnown));
        Assert.Equal("""{"n":1}""", Assert.Single(await dashboard.SucceededAsync()).State["Result"]);
        Assert.Equal("no", Assert.Single(await dashboard.FailedAsync()).State["ExceptionMessage"]);
        Assert.Equal($"{cancelled}", Assert.Single(await dashboard.DeletedAsync()).Id);
        Assert.Equal($"{retried}", Assert.Single(await dashboard.RetriesAsync()).Id);
        var server = Assert.Single(await dashboard.ServersAsync());
        Assert.Equal(("driver:fleet", 8, Worker.StartedAt.UtcDateTime), (server.Id, server.Workers, server.StartedAt));
        Assert.Equal(["default", "mail_out"], server.Queues);
        Assert.NotNull(server.Heartbeat);
        foreach (var id in new[] { succeeded, failed, retried, cancelled, running, scheduled, waiting }) await AssertDetailsAsync(fleet, id);
    }

    [Fact]
    public async Task The_details_show_the_whole_life_of_a_run()
    {
        var fleet = await StartAsync();
        var id = await RunOneAsync(fleet, "default", AttemptOutcome.Retry, Error);
        await fleet.Runs.HastenAsync(id);
        await fleet.EndAsync(await fleet.StartOneAsync(), AttemptOutcome.Release);
        await fleet.EndAsync(await fleet.StartOneAsync(), AttemptOutcome.Failed, Error);
        await fleet.Runs.RetryAsync([id]);
        await fleet.EndAsync(await fleet.StartOneAsync(), AttemptOutcome.Succeeded, "1");
        await fleet.ShowsAsync(id, "Succeeded");

        var details = (await fleet.Dashboard.DetailsAsync($"{id}"))!;
        Assert.Equal(
            ["Enqueued", "Processing", "Failed", "Scheduled", "Enqueued", "Processing", "Enqueued", "Processing", "Failed", "Enqueued", "Processing", "Succeeded"],
            details.History.Select(entry => entry["State"]));
        Assert.Equal(
            [null, null, "An exception occurred during performance of the job.", "Retry attempt 1 of 2: no", "Its time had come.", null,
                "Worker driver gave it back.", null, "No attempt is left, or the error allows none.", "Retried by hand.", null, null],
            details.History.Select(entry => entry["Reason"]));
        await AssertDetailsAsync(fleet, id);
    }

    [Fact]
    public async Task The_graphs_count_what_ended_in_this_hour_and_on_this_day()
    {
        var fleet = await StartAsync();
        for (var i = 0; i < 3; i++) await RunOneAsync(fleet, "default", AttemptOutcome.Succeeded, "1");
        var failed = await RunOneAsync(fleet, "default", AttemptOutcome.Failed, Error);
        var cancelled = await fleet.EnqueueAsync();
        await fleet.Runs.CancelAsync([cancelled]);
        await fleet.ShowsAsync(cancelled, "Deleted");
        await fleet.ShowsAsync(failed, "Failed");
        await fleet.SettleAsync();
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;

        // The hour may turn while the test runs.
        foreach (var (ending, count) in new[] { ("succeeded", 3), ("failed", 1), ("deleted", 1) })
        {
            Assert.Equal(count, (await fleet.Dashboard.HoursAsync(ending, now))[^2..].Sum());
            Assert.Equal(count, (await fleet.Dashboard.DaysAsync(ending, now))[^2..].Sum());
        }
    }

    [Fact]
    public async Task Recurring_jobs_are_the_schedules()
    {
        var fleet = await StartAsync();
        await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "30 2 * * *", Zone = "Europe/Berlin" }, Spec("text.stats", "mail.out"), paused: null);
        await fleet.Schedules.PutAsync("often", new ScheduleRule { Every = TimeSpan.FromMinutes(5) }, Spec("noop", "default"), paused: true);
        var trigger = (await fleet.Schedules.TriggerAsync("nightly"))!;
        await fleet.ShowsAsync(trigger.Result.Id, "Enqueued");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 2);
        var rows = (await fleet.Dashboard.RecurringAsync()).ToDictionary(row => row.Id);
        var nightly = (await fleet.Schedules.GetAsync("nightly"))!.Show(fleet.Schedules.Now);

        Assert.Equal(
            ("30 2 * * *", "Europe/Berlin", "mail_out", nightly.Next[0].UtcDateTime, null),
            (rows["nightly"].Cron, rows["nightly"].Zone, rows["nightly"].Queue, rows["nightly"].Next, rows["nightly"].Last));
        Assert.Equal("Fleet.Hangfire.FleetRun, Fleet.Hangfire", rows["nightly"].Job.GetProperty("t").GetString());
        Assert.Equal(["\"text.stats\"", "\"{}\""], rows["nightly"].Job.GetProperty("a").EnumerateArray().Select(argument => argument.GetString()));
        Assert.Equal(("*/5 * * * *", null), (rows["often"].Cron, rows["often"].Next));
        Assert.Equal(nightly.Next[0].ToUnixTimeSeconds(), await fleet.Redis.SortedSetScoreAsync(fleet.Keys.RecurringJobs, "nightly"));
        Assert.Equal(-1, await fleet.Redis.SortedSetScoreAsync(fleet.Keys.RecurringJobs, "often"));
        Assert.Equal("\"nightly\"", (await fleet.Dashboard.DetailsAsync($"{trigger.Result.Id}"))!.Parameters["RecurringJobId"]);

        await fleet.Schedules.DeleteAsync("often");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()) is [{ Id: "nightly" }]);
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.RecurringJob("often")));
    }

    [Fact]
    public async Task A_worker_that_has_gone_is_no_longer_a_server()
    {
        var fleet = await StartAsync();
        await fleet.Workers.AnnounceAsync(Worker);
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.ServersAsync()).Count == 1);
        await fleet.Workers.RemoveAsync("driver");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.ServersAsync()).Count == 0);
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Server("driver:fleet")));
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.ServerQueues("driver:fleet")));
    }

    /// <summary>Holds that the numbers of the dashboard become those of the fleet.</summary>
    internal static async Task AssertCountsAsync(FleetWithPicture fleet)
    {
        var (said, seen) = ("", "-");
        try
        {
            await Eventually.IsTrueAsync(async () =>
            {
                var (counts, shown) = (await fleet.Stats.CountsAsync(), await fleet.Dashboard.StatisticsAsync());
                said = Tell(counts["queued"], counts["scheduled"], counts["running"], counts["succeeded"], counts["failed"],
                    counts["cancelled"] + counts["expired"] + counts["skipped"]);
                seen = Tell(shown["enqueued"], shown["scheduled"], shown["processing"], shown["succeeded"], shown["failed"], shown["deleted"]);
                return said == seen;
            });
        }
        catch (TimeoutException)
        {
            Assert.Equal(said, seen);
        }

        static string Tell(params long[] numbers) => string.Join(' ', numbers);
    }

    private static async Task AssertDetailsAsync(FleetWithPicture fleet, RunId id)
    {
        var details = (await fleet.Dashboard.DetailsAsync($"{id}"))!;
        var record = await fleet.RecordAsync(id);
        Assert.Equal(record.Run.CreatedAt.UtcDateTime, details.CreatedAt);
        Assert.Equal(record.Run.Job, details.Debug["Job"]);
        Assert.Equal(record.Run.Input.GetRawText(), details.Debug["Input"]);
        Assert.Equal($"\"{record.Run.Attempt} of {record.Run.MaxAttempts}\"", details.Parameters["Attempt"]);
        // Of each event that is a state there is an element, at its time.
        Assert.Equal(
            record.Lifecycle.Where(item => item.Type is not (EventType.Released or EventType.Recovered))
                .SelectMany(item => Enumerable.Repeat(item.At.UtcDateTime, item.Type == EventType.Retrying ? 2 : 1)),
            details.History.Select(entry => DashboardReader.Time(entry["CreatedAt"]!)));
    }

    private static async Task<RunId> RunOneAsync(FleetWithPicture fleet, string queue, AttemptOutcome outcome, string payload)
    {
        await fleet.EnqueueAsync(queue: queue);
        var run = await fleet.StartOneAsync(queue);
        await fleet.EndAsync(run, outcome, payload, TimeSpan.FromHours(1));
        return run.Id;
    }

    private static RunSpec Spec(string job, string queue) => new() { Job = job, Queue = queue, Input = Encoding.UTF8.GetBytes("{}") };
}

using System.Text;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>Plays back what the dashboard's buttons write, and holds that each takes effect, once, and is put right in the picture.</summary>
public sealed class ButtonTests(RedisServer server) : PictureTests(server)
{
    [Theory]
    [InlineData(AttemptOutcome.Failed, "Failed", false)]
    [InlineData(AttemptOutcome.Failed, "Failed", true)]
    [InlineData(AttemptOutcome.Succeeded, "Succeeded", false)]
    [InlineData(AttemptOutcome.Succeeded, null, false)]
    public async Task Requeue_of_a_run_that_ended_retries_it_once(AttemptOutcome outcome, string? needed, bool isUnloadable)
    {
        var fleet = await StartAsync();
        var id = await EndedAsync(fleet, outcome);
        if (isUnloadable) Assert.True(await fleet.Buttons.RequeueUnloadableAsync(id, needed));
        else Assert.True(await fleet.Buttons.RequeueAsync(id, needed));

        await fleet.ShowsAsync(id, "Enqueued");
        await fleet.SettleAsync();
        Assert.Equal([$"{EventType.Queued}", $"{EventType.Started}", $"{outcome}", $"{EventType.Queued}"],
            (await fleet.RecordAsync(id)).Lifecycle.Select(item => $"{item.Type}"));
        Assert.Equal(Buttons.Audit, (await fleet.RecordAsync(id)).Lifecycle[^1].Data!.Value.GetProperty("audit").GetString());
        Assert.Equal("Retried via Hangfire dashboard.", (await fleet.Dashboard.DetailsAsync($"{id}"))!.History[^1]["Reason"]);
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, id);
    }

    [Fact]
    public async Task Requeue_of_a_cancelled_run_retries_it()
    {
        var fleet = await StartAsync();
        var id = await fleet.EnqueueAsync(queue: "mail.out");
        await fleet.Runs.CancelAsync([id]);
        await fleet.ShowsAsync(id, "Deleted");
        Assert.True(await fleet.Buttons.RequeueAsync(id, "Deleted"));
        await fleet.ShowsAsync(id, "Enqueued");
        await fleet.SettleAsync();
        Assert.Equal(RunState.Queued, (await fleet.RecordAsync(id)).Run.State);
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, id);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Enqueue_now_queues_a_scheduled_run_before_its_time(bool isUnloadable)
    {
        var fleet = await StartAsync();
        var id = await fleet.EnqueueAsync(queue: "slow", delay: TimeSpan.FromHours(1));
        await fleet.ShowsAsync(id, "Scheduled");
        if (isUnloadable) Assert.True(await fleet.Buttons.RequeueUnloadableAsync(id, "Scheduled"));
        else Assert.True(await fleet.Buttons.RequeueAsync(id, "Scheduled"));

        await fleet.ShowsAsync(id, "Enqueued");
        await fleet.SettleAsync();
        var lifecycle = (await fleet.RecordAsync(id)).Lifecycle;
        Assert.Equal([EventType.Scheduled, EventType.Queued], lifecycle.Select(item => item.Type));
        Assert.Equal(Buttons.Audit, lifecycle[^1].Data!.Value.GetProperty("audit").GetString());
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, id);
        Assert.Equal(id, (await fleet.StartOneAsync("slow")).Id);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(3600, "Scheduled")]
    [InlineData(3600, null)]
    public async Task Delete_cancels_a_run_that_waits(int delay, string? needed)
    {
        var fleet = await StartAsync();
        var id = await fleet.EnqueueAsync(delay: TimeSpan.FromSeconds(delay));
        await fleet.ShowsAsync(id, delay > 0 ? "Scheduled" : "Enqueued");
        Assert.True(await fleet.Buttons.DeleteAsync(id, needed));
        await fleet.ShowsAsync(id, "Deleted");
        await fleet.SettleAsync();
        Assert.Equal(RunState.Cancelled, (await fleet.RecordAsync(id)).Run.State);
        Assert.Equal(Buttons.Audit, (await fleet.RecordAsync(id)).Lifecycle[^1].Data!.Value.GetProperty("audit").GetString());
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, id);
        Assert.Equal(1, (await fleet.Dashboard.HoursAsync("deleted", TimeProvider.System.GetUtcNow().UtcDateTime))[^2..].Sum());
    }

    [Fact]
    public async Task Delete_of_a_running_run_tells_its_worker_and_shows_it_running_until_it_has_ended()
    {
        var fleet = await StartAsync();
        await fleet.EnqueueAsync();
        var run = await fleet.StartOneAsync();
        await fleet.ShowsAsync(run.Id, "Processing");
        Assert.True(await fleet.Buttons.DeleteAsync(run.Id, "Processing"));
        await Eventually.IsTrueAsync(async () => (await fleet.RecordAsync(run.Id)).CancelAskedAt is not null);
        await fleet.ShowsAsync(run.Id, "Processing");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.DetailsAsync($"{run.Id}"))!.Parameters.ContainsKey("CancelAskedAt"));

        await fleet.EndAsync(run, AttemptOutcome.Cancelled);
        await fleet.ShowsAsync(run.Id, "Deleted");
        await fleet.SettleAsync();
        Assert.Equal(Buttons.Audit, (await fleet.RecordAsync(run.Id)).Lifecycle[^1].Data!.Value.GetProperty("audit").GetString());
        Assert.Equal("Cancelled via Hangfire dashboard.", (await fleet.Dashboard.DetailsAsync($"{run.Id}"))!.History[^1]["Reason"]);
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, run.Id);
    }

    [Theory, InlineData(AttemptOutcome.Failed, "Failed"), InlineData(AttemptOutcome.Succeeded, null)]
    public async Task Delete_of_a_run_that_ended_forgets_it(AttemptOutcome outcome, string? needed)
    {
        var fleet = await StartAsync();
        var id = await EndedAsync(fleet, outcome);
        Assert.True(await fleet.Buttons.DeleteAsync(id, needed));
        await fleet.HidesAsync(id);
        await fleet.SettleAsync();
        Assert.Null(await fleet.Reader.GetAsync(id));
        Assert.Empty(await fleet.Dashboard.DeletedAsync());
        Assert.Equal(0, (await fleet.Dashboard.StatisticsAsync())["deleted"]);
        Assert.Equal(0, (await fleet.Dashboard.HoursAsync("deleted", TimeProvider.System.GetUtcNow().UtcDateTime)).Sum());
    }

    [Fact]
    public async Task Requeue_of_a_run_that_waits_or_runs_changes_nothing_and_the_picture_is_right_again()
    {
        var fleet = await StartAsync();
        await fleet.EnqueueAsync(queue: "one");
        var running = (await fleet.StartOneAsync("one")).Id;
        var waiting = await fleet.EnqueueAsync();
        await fleet.ShowsAsync(running, "Processing");
        await fleet.ShowsAsync(waiting, "Enqueued");
        Assert.True(await fleet.Buttons.RequeueAsync(running, "Processing"));
        Assert.True(await fleet.Buttons.RequeueAsync(waiting, null));

        await fleet.ShowsAsync(running, "Processing");
        await fleet.ShowsAsync(waiting, "Enqueued");
        await fleet.SettleAsync();
        Assert.Equal(2, (await fleet.RecordAsync(running)).Lifecycle.Count);
        Assert.Single((await fleet.RecordAsync(waiting)).Lifecycle);
        await PageTests.AssertCountsAsync(fleet);
        await AssertOnceInItsListingAsync(fleet, running);
        await AssertOnceInItsListingAsync(fleet, waiting);
    }

    [Fact]
    public async Task Trigger_now_creates_one_run_of_the_schedule_and_leaves_nothing_of_its_job()
    {
        var fleet = await StartAsync();
        await ScheduleAsync(fleet, "nightly");
        var job = await fleet.Buttons.TriggerAsync("nightly");
        var id = default(RunId);
        await Eventually.IsTrueAsync(async () =>
        {
            var waiting = await fleet.Dashboard.QueueAsync("mail_out");
            return waiting is [{ Id.Length: RunId.TextLength } row] && RunId.TryParse(row.Id, null, out id);
        });
        await fleet.SettleAsync();

        var run = (await fleet.RecordAsync(id)).Run;
        Assert.Equal(("text.stats", "nightly", Buttons.Audit), (run.Job, run.Schedule, run.Meta["audit"]));
        Assert.Null(await fleet.Dashboard.DetailsAsync(job));
        // The recurring job is as Fleet has it again.
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync())[0].LastJobId != job);
        await PageTests.AssertCountsAsync(fleet);
    }

    [Fact]
    public async Task Remove_deletes_the_schedule()
    {
        var fleet = await StartAsync();
        await ScheduleAsync(fleet, "nightly");
        await ScheduleAsync(fleet, "weekly");
        await fleet.Buttons.RemoveAsync("nightly");
        await Eventually.IsTrueAsync(async () => await fleet.Schedules.GetAsync("nightly") is null);
        await fleet.SettleAsync();
        Assert.Equal("weekly", Assert.Single(await fleet.Dashboard.RecurringAsync()).Id);
        Assert.NotNull(await fleet.Schedules.GetAsync("weekly"));
    }

    [Fact]
    public async Task Remove_of_a_schedule_that_was_created_anew_meanwhile_leaves_the_new_one()
    {
        var fleet = await StartAsync();
        await ScheduleAsync(fleet, "nightly");
        await fleet.StopAsync();
        await fleet.Buttons.RemoveAsync("nightly");
        await fleet.Schedules.DeleteAsync("nightly");
        await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "0 3 * * *" }, Spec(), paused: null);

        var another = await StartAnotherAsync(fleet);
        await Eventually.IsTrueAsync(async () => (await another.Dashboard.RecurringAsync()) is [{ Cron: "0 3 * * *" }]);
        Assert.NotNull(await another.Schedules.GetAsync("nightly"));
    }

    [Fact]
    public async Task Buttons_without_effect_are_undone()
    {
        var fleet = await StartAsync(new() { ["Fleet:Hangfire:ReadOnly"] = "true" });
        var failed = await EndedAsync(fleet, AttemptOutcome.Failed);
        await ScheduleAsync(fleet, "nightly");
        await fleet.Buttons.RequeueAsync(failed, "Failed");
        var job = await fleet.Buttons.TriggerAsync("nightly");
        await fleet.ShowsAsync(failed, "Failed");
        await Eventually.IsTrueAsync(async () => await fleet.Dashboard.DetailsAsync(job) is null);
        await fleet.Buttons.RemoveAsync("nightly");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()) is [{ Id: "nightly", LastJobId: null }]);

        await fleet.SettleAsync();
        Assert.Equal(RunState.Failed, (await fleet.RecordAsync(failed)).Run.State);
        Assert.NotNull(await fleet.Schedules.GetAsync("nightly"));
        await PageTests.AssertCountsAsync(fleet);
    }

    [Fact]
    public async Task A_button_pressed_while_nobody_keeps_the_picture_is_carried_out_by_who_comes_next()
    {
        var fleet = await StartAsync();
        var id = await EndedAsync(fleet, AttemptOutcome.Failed);
        await fleet.StopAsync();
        await fleet.Buttons.RequeueAsync(id, "Failed");
        var another = await StartAnotherAsync(fleet);
        await another.ShowsAsync(id, "Enqueued");
        Assert.Equal(RunState.Queued, (await another.RecordAsync(id)).Run.State);
    }

    [Fact]
    public async Task A_run_that_a_dashboard_is_changing_is_left_alone_until_it_has()
    {
        var fleet = await StartAsync();
        await fleet.EnqueueAsync();
        var run = await fleet.StartOneAsync();
        await fleet.ShowsAsync(run.Id, "Processing");
        await using (await fleet.Buttons.LockAsync(run.Id))
        {
            await fleet.EndAsync(run, AttemptOutcome.Succeeded, "1");
            await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.StatisticsAsync())["succeeded"] == 1);
            await fleet.SettleAsync();
            Assert.Equal("Processing", await fleet.Redis.HashGetAsync(fleet.Keys.State($"{run.Id}"), "State"));
        }

        await fleet.ShowsAsync(run.Id, "Succeeded");
    }

    private static async Task<RunId> EndedAsync(FleetWithPicture fleet, AttemptOutcome outcome)
    {
        await fleet.EnqueueAsync();
        var run = await fleet.StartOneAsync();
        await fleet.EndAsync(run, outcome, outcome == AttemptOutcome.Failed ? Error : "1");
        await fleet.ShowsAsync(run.Id, $"{outcome}");
        await fleet.SettleAsync();
        return run.Id;
    }

    private static async Task ScheduleAsync(FleetWithPicture fleet, string name)
    {
        await fleet.Schedules.PutAsync(name, new ScheduleRule { Cron = "30 2 * * *" }, Spec(), paused: null);
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Any(row => row.Id == name));
    }

    private static RunSpec Spec() => new() { Job = "text.stats", Queue = "mail.out", Input = Encoding.UTF8.GetBytes("{}") };

    /// <summary>Holds that a run is where its state says, and nowhere else.</summary>
    private static async Task AssertOnceInItsListingAsync(FleetWithPicture fleet, RunId id)
    {
        var places = new List<string>();
        foreach (var queue in (await fleet.Redis.SetMembersAsync(fleet.Keys.Queues)).Select(queue => queue.ToString()))
            places.AddRange((await fleet.Redis.ListRangeAsync(fleet.Keys.Queue(queue))).Where(member => member == $"{id}").Select(_ => $"queue {queue}"));
        foreach (var list in new[] { fleet.Keys.Succeeded, fleet.Keys.Deleted })
            places.AddRange((await fleet.Redis.ListRangeAsync(list)).Where(member => member == $"{id}").Select(_ => list));
        foreach (var set in new[] { fleet.Keys.Schedule, fleet.Keys.Retries, fleet.Keys.Processing, fleet.Keys.Failed })
            places.AddRange((await fleet.Redis.SortedSetRangeByRankAsync(set)).Where(member => member.ToString().EndsWith($"{id}", StringComparison.Ordinal)).Select(_ => set));
        Assert.True(places.Count == 1, string.Join(", ", places));
    }
}

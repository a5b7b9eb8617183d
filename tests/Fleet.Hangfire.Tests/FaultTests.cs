using System.Text;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>What goes wrong: processes that die, connections that break, a Redis that restarts, a feed that was cut too soon.</summary>
public sealed class FaultTests(RedisServer server) : PictureTests(server)
{
    /// <summary>A lease that lapses soon.</summary>
    private static readonly Dictionary<string, string?> Quick = new() { ["Fleet:Hangfire:Lease"] = "00:00:01" };

    /// <summary>A process that dies at its n-th write, for every n until it gets through: what comes after it is right, each time.</summary>
    [Fact]
    public async Task A_process_that_dies_between_any_two_writes_leaves_a_picture_that_the_next_one_makes_right()
    {
        var fleet = await StartAsync();
        await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "30 2 * * *" }, Spec(), paused: null);
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 1);
        await fleet.StopAsync();

        var isThrough = false;
        var presses = new Dictionary<RunId, int>();
        for (var writes = 1; !isThrough; writes++)
        {
            // Something of everything, while nobody looks: also a button.
            var succeeded = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
            var failed = await EndAsync(fleet, AttemptOutcome.Failed, Error);
            var retried = await EndAsync(fleet, AttemptOutcome.Retry, Error);
            var waiting = await fleet.EnqueueAsync(queue: "mail.out");
            if ((await fleet.Dashboard.FailedAsync()) is [var last, ..])
            {
                var id = RunId.Parse(last.Id);
                if (await fleet.Buttons.RequeueAsync(id, "Failed")) presses[id] = presses.GetValueOrDefault(id) + 1;
            }

            var left = writes;
            var died = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            var dying = await StartAnotherAsync(fleet, Quick, process =>
            {
                process.Store.Writing = () =>
                {
                    if (--left > 0) return;
                    died.TrySetResult(true);
                    throw new DeadException();
                };
                process.Projector.Settled = () => died.TrySetResult(false);
            });
            isThrough = !await died.Task.WaitAsync(Eventually.Patience);
            await dying.StopAsync();

            var next = await StartAnotherAsync(fleet, Quick);
            await next.ShowsAsync(succeeded, "Succeeded");
            await next.ShowsAsync(retried, "Scheduled");
            await next.ShowsAsync(waiting, "Enqueued");
            await Eventually.IsTrueAsync(async () => (await next.Dashboard.DetailsAsync($"{failed}")) is not null);
            await next.SettleAsync();
            await PageTests.AssertCountsAsync(next);
            await AssertNothingIsLeftOverAsync(next);
            await next.StopAsync();
            // A button that was carried out just before its process died was carried out once.
            foreach (var (id, count) in presses)
            {
                Assert.Equal(count, (await next.RecordAsync(id)).Lifecycle.Count(item =>
                    item.Data?.GetRawText().Contains(Buttons.Audit, StringComparison.Ordinal) == true));
            }
        }
    }

    [Theory]
    [InlineData("Requeue")]
    [InlineData("Delete")]
    [InlineData("Enqueue now")]
    [InlineData("Trigger now")]
    [InlineData("Remove")]
    public async Task A_button_that_was_carried_out_just_before_its_process_died_is_not_carried_out_twice(string button)
    {
        var fleet = await StartAsync();
        await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "30 2 * * *" }, Spec(), paused: null);
        var failed = await EndAsync(fleet, AttemptOutcome.Failed, Error);
        var scheduled = await fleet.EnqueueAsync(delay: TimeSpan.FromHours(1));
        await fleet.ShowsAsync(failed, "Failed");
        await fleet.ShowsAsync(scheduled, "Scheduled");
        await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 1);
        await fleet.SettleAsync();
        await fleet.StopAsync();
        switch (button)
        {
            case "Requeue": await fleet.Buttons.RequeueAsync(failed, "Failed"); break;
            case "Delete": await fleet.Buttons.DeleteAsync(scheduled, "Scheduled"); break;
            case "Enqueue now": await fleet.Buttons.RequeueAsync(scheduled, "Scheduled"); break;
            case "Trigger now": await fleet.Buttons.TriggerAsync("nightly"); break;
            default: await fleet.Buttons.RemoveAsync("nightly"); break;
        }

        // It dies at its first write, which comes after the button has been carried out.
        var died = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartAnotherAsync(fleet, Quick, process => process.Store.Writing = () =>
        {
            died.TrySetResult();
            throw new DeadException();
        });
        await died.Task.WaitAsync(Eventually.Patience);

        // Somebody undoes it meanwhile; doing the button again would be to do it twice.
        switch (button)
        {
            case "Requeue":
                await fleet.EndAsync(await fleet.StartOneAsync("failed"), AttemptOutcome.Failed, Error);
                break;
            case "Delete":
                await fleet.Runs.RetryAsync([scheduled]);
                break;
            case "Enqueue now":
                await fleet.EndAsync(await fleet.StartOneAsync(), AttemptOutcome.Retry, Error, TimeSpan.FromHours(1));
                break;
            case "Remove":
                Assert.Null(await fleet.Schedules.GetAsync("nightly"));
                await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "0 3 * * *" }, Spec(), paused: null);
                break;
        }

        var next = await StartAnotherAsync(fleet, Quick);
        switch (button)
        {
            case "Requeue": await next.ShowsAsync(failed, "Failed"); break;
            case "Delete": await next.ShowsAsync(scheduled, "Enqueued"); break;
            case "Enqueue now": await next.ShowsAsync(scheduled, "Scheduled"); break;
            case "Trigger now":
                await Eventually.IsTrueAsync(async () => (await next.Dashboard.QueueAsync("mail_out")) is [{ Id.Length: RunId.TextLength }]);
                break;
            default:
                await Eventually.IsTrueAsync(async () => (await next.Dashboard.RecurringAsync()) is [{ Cron: "0 3 * * *" }]);
                Assert.NotNull(await next.Schedules.GetAsync("nightly"));
                break;
        }

        await next.SettleAsync();
        await PageTests.AssertCountsAsync(next);
        Assert.Equal(button == "Trigger now" ? 1 : 0, (await next.Stats.CountsAsync())["queued"] - (button == "Delete" ? 1 : 0));
    }

    [Fact]
    public async Task Of_two_processes_one_keeps_the_picture_and_the_other_goes_on_where_it_stopped()
    {
        var one = await StartAsync();
        await one.SettleAsync();
        var rounds = 0;
        var two = await StartAnotherAsync(one, prepare: process => process.Projector.Settled = () => Interlocked.Increment(ref rounds));
        var first = await EndAsync(one, AttemptOutcome.Succeeded, "1");
        await one.ShowsAsync(first, "Succeeded");
        await one.SettleAsync();
        Assert.Equal(0, Volatile.Read(ref rounds));

        await one.StopAsync();
        var second = await EndAsync(two, AttemptOutcome.Succeeded, "1");
        await two.ShowsAsync(second, "Succeeded");
        await two.SettleAsync();
        Assert.True(Volatile.Read(ref rounds) > 0);
        await PageTests.AssertCountsAsync(two);
        Assert.Equal(2, (await two.Dashboard.SucceededAsync()).Count);
    }

    [Fact]
    public async Task A_process_that_was_cut_off_writes_nothing_once_another_has_taken_over()
    {
        await using var proxy = new CuttableProxy(Server.Address);
        var one = await StartAsync(new() { ["Fleet:Hangfire:Redis"] = proxy.Address, ["Fleet:Hangfire:Lease"] = "00:00:01" });
        var first = await EndAsync(one, AttemptOutcome.Succeeded, "1");
        await one.ShowsAsync(first, "Succeeded");
        proxy.Become(WireState.Cut);

        var two = await StartAnotherAsync(one, new() { ["Fleet:Hangfire:Redis"] = Server.Address, ["Fleet:Hangfire:Lease"] = "00:00:01" });
        var second = await EndAsync(two, AttemptOutcome.Failed, Error);
        await two.ShowsAsync(second, "Failed");
        var rounds = 0;
        one.Projector.Settled = () => Interlocked.Increment(ref rounds);
        proxy.Become(WireState.Whole);
        await AnswersAsync(one);
        await two.SettleAsync();
        Assert.Equal(0, Volatile.Read(ref rounds));
        await Assert.ThrowsAsync<Storage.LeaseLostException>(() => one.Store.WriteAsync(new Storage.Writes().Always().Do("SET", one.Keys.Counter("succeeded"), 77)));
        await PageTests.AssertCountsAsync(two);

        // And takes over again when that one ends.
        await two.StopAsync();
        var third = await EndAsync(one, AttemptOutcome.Succeeded, "1");
        await one.ShowsAsync(third, "Succeeded");
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_loses_and_doubles_nothing()
    {
        await using var proxy = new CuttableProxy(Server.Address);
        var fleet = await StartAsync(new() { ["Fleet:Hangfire:Redis"] = proxy.Address });
        var newest = default(RunId);
        for (var i = 0; i < 5; i++)
        {
            for (var run = 0; run < 10; run++) newest = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
            proxy.Become(WireState.Cut);
            newest = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
            proxy.Become(WireState.Whole);
            await AnswersAsync(fleet);
        }

        await fleet.ShowsAsync(newest, "Succeeded");
        await fleet.SettleAsync();
        Assert.Equal(55, (await fleet.Dashboard.StatisticsAsync())["succeeded"]);
        Assert.Equal(55, (await fleet.Dashboard.DaysAsync("succeeded", Now))[^2..].Sum());
        Assert.Equal(55, (await fleet.Dashboard.SucceededAsync(100)).Count(row => row.InState("Succeeded")));
    }

    [Fact]
    public async Task The_picture_may_be_in_another_Redis_and_survives_its_crash()
    {
        var own = RedisServer.OfItsOwn();
        await own.InitializeAsync();
        try
        {
            var fleet = await StartAsync(new() { ["Fleet:Hangfire:Redis"] = own.Address });
            var first = await EndAsync(fleet, AttemptOutcome.Succeeded, "1");
            await fleet.ShowsAsync(first, "Succeeded");
            Assert.False(await fleet.FleetRedis.KeyExistsAsync(fleet.Keys.Job($"{first}")));

            await own.KillAsync();
            var second = await EndAsync(fleet, AttemptOutcome.Failed, Error);
            await own.RestartAsync();
            await AnswersAsync(fleet);
            await fleet.ShowsAsync(second, "Failed");
            await fleet.ShowsAsync(first, "Succeeded");
            await fleet.SettleAsync();
            await PageTests.AssertCountsAsync(fleet);

            // And one that comes back with nothing at all.
            await fleet.Redis.ExecuteAsync("FLUSHALL");
            await fleet.ShowsAsync(first, "Succeeded");
            await fleet.ShowsAsync(second, "Failed");
            await fleet.SettleAsync();
            await PageTests.AssertCountsAsync(fleet);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_Redis_that_lost_the_picture_takes_no_schedule_for_removed()
    {
        var own = RedisServer.OfItsOwn();
        await own.InitializeAsync();
        try
        {
            var fleet = await StartAsync(new() { ["Fleet:Hangfire:Redis"] = own.Address });
            await fleet.Schedules.PutAsync("nightly", new ScheduleRule { Cron = "30 2 * * *" }, Spec(), paused: null);
            await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 1);
            await fleet.Redis.ExecuteAsync("FLUSHALL");
            await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 1);
            Assert.NotNull(await fleet.Schedules.GetAsync("nightly"));

            // One that drops keys when it is full may drop both of a schedule.
            await fleet.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
            await fleet.Buttons.RemoveAsync("nightly");
            await Eventually.IsTrueAsync(async () => (await fleet.Dashboard.RecurringAsync()).Count == 1);
            Assert.NotNull(await fleet.Schedules.GetAsync("nightly"));
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_keys_of_another_deployment_are_left_alone()
    {
        var one = await StartAsync();
        var id = await EndAsync(one, AttemptOutcome.Succeeded, "1");
        await one.ShowsAsync(id, "Succeeded");
        await one.StopAsync();

        var two = await StartAsync(new() { ["Fleet:Hangfire:Prefix"] = one.Keys.Prefix });
        var other = await EndAsync(two, AttemptOutcome.Succeeded, "1");
        // It has looked when the lease has come and gone.
        await Eventually.IsTrueAsync(async () => await two.Store.TryTakeLeaseAsync());
        Assert.Equal([$"{id}"], (await two.Dashboard.SucceededAsync()).Select(row => row.Id));
        Assert.Null(await two.Dashboard.DetailsAsync($"{other}"));
    }

    /// <summary>Waits until a process can use its connection to the picture again.</summary>
    private static Task AnswersAsync(FleetWithPicture fleet) => Eventually.IsTrueAsync(async () =>
    {
        try
        {
            await fleet.Redis.PingAsync();
            return true;
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            return false;
        }
    });

    private static RunSpec Spec() => new() { Job = "text.stats", Queue = "mail.out", Input = Encoding.UTF8.GetBytes("{}") };

    private sealed class DeadException : Exception;
}

using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

public sealed class CancelTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task A_waiting_run_is_cancelled_at_once_and_no_worker_gets_it(int partitions)
    {
        var engine = await StartAsync(partitions);
        var id = await engine.EnqueueAsync();
        Assert.Equal(CancelOutcome.Cancelled, await engine.CancelAsync(id));
        Assert.Equal("queued0 cancelled0", await engine.TimelineAsync(id));
        Assert.Equal("cancelled 1", await engine.CountsAsync());
        Assert.Empty(await engine.TakeAsync(1));
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_scheduled_run_is_cancelled_at_once_and_never_due()
    {
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        Assert.Equal(CancelOutcome.Cancelled, await engine.CancelAsync(id));
        Assert.Equal("scheduled0 cancelled0", await engine.TimelineAsync(id));
        Assert.Null((await engine.RunAsync(id)).DueAt);
        await engine.AssertIdleAsync();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_worker_of_a_running_run_is_told_and_ends_it(bool announced)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        if (announced) await engine.BeginAsync(run);
        var told = new TaskCompletionSource<string>();
        await engine.Connection.Subscriber.SubscribeAsync(RedisChannel.Sharded(run.Line.Partition.Control), (_, message) => told.TrySetResult(message!));

        Assert.Equal(CancelOutcome.Told, await engine.CancelAsync(run.Id));
        Assert.Equal($"cancel {run.Id} {run.Entry}", await told.Task.Soon());
        Assert.Equal((RunState.Running, 1, "w1"), ((await engine.RunAsync(run.Id)).State, (await engine.RunAsync(run.Id)).Attempt, (await engine.RunAsync(run.Id)).Worker));
        Assert.Equal(CancelOutcome.Told, await engine.CancelAsync(run.Id));
        Assert.Equal(AttemptStanding.CancelRequested, await engine.BeginAsync(run));
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Cancelled));
        Assert.Equal("queued0 started1 cancelled1", await engine.TimelineAsync(run.Id));
        await engine.AssertIdleAsync();
    }

    [Theory]
    [InlineData(AttemptOutcome.Retry)]
    [InlineData(AttemptOutcome.Snooze)]
    [InlineData(AttemptOutcome.Release)]
    public async Task A_run_that_somebody_wants_gone_does_not_come_back(AttemptOutcome outcome)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.CancelAsync(run.Id);
        Assert.True(await engine.FinishAsync(run, outcome));
        Assert.Equal("queued0 started1 cancelled1", await engine.TimelineAsync(run.Id));
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_run_given_back_untouched_after_the_wish_is_cancelled()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.CancelAsync(run.Id);
        Assert.True(await engine.GiveBackAsync(run));
        Assert.Equal(RunState.Cancelled, await engine.StateAsync(run.Id));
        await engine.AssertIdleAsync();
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, RunState.Succeeded)]
    [InlineData(AttemptOutcome.Failed, RunState.Failed)]
    public async Task A_run_that_ends_all_the_same_keeps_its_end(AttemptOutcome outcome, RunState state)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.CancelAsync(run.Id);
        await engine.FinishAsync(run, outcome);
        Assert.Equal(state, await engine.StateAsync(run.Id));
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.Cancelled)]
    public async Task A_final_run_cannot_be_cancelled(AttemptOutcome outcome)
    {
        var engine = await StartAsync();
        var id = await engine.EndNewAsync(outcome);
        var before = await engine.TimelineAsync(id);
        Assert.Equal(CancelOutcome.Final, await engine.CancelAsync(id));
        Assert.Equal(before, await engine.TimelineAsync(id));
    }

    [Fact]
    public async Task A_run_whose_worker_is_lost_after_the_wish_is_cancelled()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        var run = await engine.TakeNewAsync();
        await engine.CancelAsync(run.Id);
        await engine.LoseWorkersAsync();
        Assert.Equal("queued0 started1 cancelled1", await engine.TimelineAsync(run.Id));
        Assert.Equal("cancelled 1", await engine.CountsAsync());
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Cancel_answers_each_id_in_its_place(int partitions)
    {
        var engine = await StartAsync(partitions);
        var ids = await engine.EnqueueAsync(3);
        var nowhere = RunId.New(1, 0);
        var elsewhere = RunId.New(1, 500);
        await engine.CancelAsync(ids[1]);
        Assert.Equal(
            [CancelOutcome.Unknown, CancelOutcome.Cancelled, CancelOutcome.Final, CancelOutcome.Unknown, CancelOutcome.Cancelled],
            await engine.Runs.CancelAsync([elsewhere, ids[0], ids[1], nowhere, ids[2]]));
    }
}

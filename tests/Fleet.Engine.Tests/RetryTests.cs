using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>What may be done to final runs only: to queue them again and to forget them.</summary>
public sealed class RetryTests(RedisServer server) : EngineTests(server)
{
    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.Cancelled)]
    public async Task Retry_goes_on_with_timeline_and_attempts(AttemptOutcome outcome)
    {
        var engine = await StartAsync();
        var id = await engine.EndNewAsync(outcome, Engine.Spec() with { MaxAttempts = 3 });
        var ended = await engine.TimelineAsync(id);
        Assert.Equal(ChangeOutcome.Done, await engine.RetryAsync(id));
        var run = await engine.RunAsync(id);
        Assert.Equal((RunState.Queued, 1, 4), (run.State, run.Attempt, run.MaxAttempts));
        Assert.Equal((null, null, null, null), (run.Output, run.Progress, run.StartedAt, run.FinishedAt));
        Assert.Equal(3, (await engine.Reader.GetAsync(id))!.AttemptsOfALife);
        Assert.Equal("queued 1", await engine.CountsAsync());

        var taken = await engine.TakeOneAsync();
        Assert.Equal((id, 2, 4), (taken.Id, taken.Attempt, taken.MaxAttempts));
        await engine.FinishAsync(taken, AttemptOutcome.Failed);
        Assert.Equal($"{ended} queued1 started2 failed2", await engine.TimelineAsync(id));
        Assert.Equal("failed 1", await engine.CountsAsync());

        Assert.Equal(ChangeOutcome.Done, await engine.RetryAsync(id));
        taken = await engine.TakeOneAsync();
        Assert.Equal((3, 5), (taken.Attempt, taken.MaxAttempts));
    }

    [Fact]
    public async Task An_attempt_knows_how_many_belong_to_earlier_lives()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.Equal(0, run.Spent);
        await engine.FinishAsync(run, AttemptOutcome.Retry);
        await engine.PromoteAllButAsync();
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Failed);
        await engine.RetryAsync(run.Id);
        run = await engine.TakeOneAsync();
        Assert.Equal((3, 2), (run.Attempt, run.Spent));
        await engine.FinishAsync(run, AttemptOutcome.Retry);
        await engine.PromoteAllButAsync();
        run = await engine.TakeOneAsync();
        Assert.Equal((4, 2), (run.Attempt, run.Spent));
        await engine.GiveBackAsync(run);
        Assert.Equal(2, (await engine.TakeOneAsync()).Spent);
    }

    [Fact]
    public async Task Retry_of_a_run_that_never_started_begins_with_attempt_1()
    {
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        await engine.CancelAsync(id);
        await engine.RetryAsync(id);
        var run = await engine.TakeOneAsync();
        Assert.Equal((1, 5), (run.Attempt, run.MaxAttempts));
        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(run));
        await engine.FinishAsync(run);
        Assert.Equal("scheduled0 cancelled0 queued0 started1 succeeded1", await engine.TimelineAsync(id));
    }

    [Fact]
    public async Task Retry_after_lost_workers_counts_losses_anew()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        var id = await engine.EnqueueAsync();
        for (var i = 0; i < 3; i++)
        {
            await engine.TakeOneAsync();
            await engine.LoseWorkersAsync();
        }

        Assert.Equal(RunState.Failed, await engine.StateAsync(id));
        await engine.RetryAsync(id);
        await engine.TakeOneAsync();
        await engine.LoseWorkersAsync();
        Assert.Equal(RunState.Queued, await engine.StateAsync(id));
    }

    [Fact]
    public async Task A_run_that_is_not_final_is_neither_retried_nor_forgotten()
    {
        var engine = await StartAsync();
        var scheduled = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        var running = await engine.TakeNewAsync();
        await engine.BeginAsync(running);
        var queued = await engine.EnqueueAsync();
        foreach (var id in (RunId[])[scheduled, running.Id, queued])
        {
            var before = await engine.TimelineAsync(id);
            Assert.Equal(ChangeOutcome.NotFinal, await engine.RetryAsync(id));
            Assert.Equal(ChangeOutcome.NotFinal, await engine.DeleteAsync(id));
            Assert.Equal(before, await engine.TimelineAsync(id));
        }

        Assert.Equal("scheduled 1, queued 1, running 1", await engine.CountsAsync());
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Retry_and_delete_answer_each_id_in_its_place(int partitions)
    {
        var engine = await StartAsync(partitions);
        var ids = await engine.EnqueueAsync(4);
        await engine.Runs.CancelAsync([ids[0], ids[2]]);
        RunId[] asked = [ids[0], RunId.New(1, 0), ids[1], RunId.New(1, 1000), ids[2]];
        ChangeOutcome[] answers = [ChangeOutcome.Done, ChangeOutcome.Unknown, ChangeOutcome.NotFinal, ChangeOutcome.Unknown, ChangeOutcome.Done];
        Assert.Equal(answers, await engine.Runs.RetryAsync(asked));
        await engine.Runs.CancelAsync([ids[0], ids[2]]);
        Assert.Equal(answers, await engine.Runs.DeleteAsync(asked));
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.Cancelled)]
    public async Task Delete_forgets_record_log_and_listings(AttemptOutcome outcome)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(Engine.Spec() with { Unique = new UniqueRule { Key = "k" } });
        await engine.AppendAsync(run, Engine.Log("a"));
        await engine.FinishAsync(run, outcome);
        Assert.Equal(ChangeOutcome.Done, await engine.DeleteAsync(run.Id));
        Assert.Equal(ChangeOutcome.Unknown, await engine.DeleteAsync(run.Id));
        Assert.Null(await engine.Reader.GetAsync(run.Id));
        Assert.Equal("", await engine.CountsAsync());
        Assert.Empty((await engine.List.GetAsync(new RunFilter(), 10)).Items);
        Assert.Empty(await engine.KeysLikeAsync($"*{run.Id}*"));
        Assert.Empty(await engine.KeysLikeAsync("*unique*"));
    }

    [Fact]
    public async Task Delete_by_a_time_leaves_what_ended_after_it()
    {
        var engine = await StartAsync();
        var id = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        var end = (await engine.RunAsync(id)).FinishedAt!.Value;
        Assert.Equal([ChangeOutcome.NotFinal], await engine.Runs.DeleteAsync([id], end.AddMilliseconds(-1)));
        Assert.Equal(RunState.Succeeded, await engine.StateAsync(id));
        Assert.Equal([ChangeOutcome.Done], await engine.Runs.DeleteAsync([id], end));
    }
}

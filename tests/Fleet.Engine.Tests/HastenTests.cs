using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Runs that are queued before their time.</summary>
public sealed class HastenTests(RedisServer server) : EngineTests(server)
{
    private static RunSpec Later => Engine.Spec() with { Delay = TimeSpan.FromHours(1) };

    [Theory, InlineData(1), InlineData(3)]
    public async Task A_scheduled_run_is_queued_at_once_and_executed_once(int partitions)
    {
        var engine = await StartAsync(partitions);
        var id = await engine.EnqueueAsync(Later);
        Assert.True(await engine.Runs.HastenAsync(id));
        Assert.Equal("scheduled0 queued0", await engine.TimelineAsync(id));
        Assert.Null((await engine.RunAsync(id)).DueAt);
        await engine.PromoteAllButAsync();
        Assert.True(await engine.FinishAsync(await engine.TakeOneAsync()));
        Assert.Equal("scheduled0 queued0 started1 succeeded1", await engine.TimelineAsync(id));
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_retry_that_waits_is_queued_with_its_next_attempt()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.FinishAsync(run, AttemptOutcome.Retry, delay: TimeSpan.FromHours(1));
        Assert.True(await engine.Runs.HastenAsync(run.Id));
        var again = await engine.TakeOneAsync();
        Assert.Equal((run.Id, 2), (again.Id, again.Attempt));
        await engine.FinishAsync(again);
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_run_that_moved_on_since_it_was_seen_is_left_alone()
    {
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Later);
        Assert.False(await engine.Runs.HastenAsync(id, seq: 2));
        Assert.True(await engine.Runs.HastenAsync(id, seq: 1));
        Assert.False(await engine.Runs.HastenAsync(id, seq: 1));

        // Scheduled again, but not as it was seen.
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Retry, delay: TimeSpan.FromHours(1));
        Assert.False(await engine.Runs.HastenAsync(id, seq: 1));
        Assert.Equal(RunState.Scheduled, await engine.StateAsync(id));
    }

    [Fact]
    public async Task What_is_not_scheduled_or_not_there_is_not_queued()
    {
        var engine = await StartAsync();
        Assert.False(await engine.Runs.HastenAsync(RunId.New(1, 0)));
        Assert.False(await engine.Runs.HastenAsync(RunId.New(1, 7)));
        Assert.False(await engine.Runs.HastenAsync(await engine.EnqueueAsync()));
        Assert.False(await engine.Runs.HastenAsync(await engine.EndNewAsync(AttemptOutcome.Succeeded)));
    }

    [Fact]
    public async Task Who_asked_for_a_change_is_on_the_timeline()
    {
        const string Who = "by \"somebody\"";
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Later);
        await engine.Runs.HastenAsync(id, audit: Who);
        Assert.Equal($$"""{"audit":"by \"somebody\""}""", await DataAsync());
        await engine.Runs.CancelAsync([id], audit: Who);
        Assert.Equal($$"""{"audit":"by \"somebody\""}""", await DataAsync());
        await engine.Runs.RetryAsync([id], audit: Who);
        Assert.Equal($$"""{"reason":"retry","audit":"by \"somebody\""}""", await DataAsync());

        // One that runs is ended by its worker; a retry forgets who wanted the end before.
        var run = await engine.TakeOneAsync();
        await engine.Runs.CancelAsync([id], audit: Who);
        await engine.FinishAsync(run, AttemptOutcome.Cancelled);
        Assert.Equal($$"""{"audit":"by \"somebody\""}""", await DataAsync());
        await engine.RetryAsync(id);
        Assert.Equal("""{"reason":"retry"}""", await DataAsync());
        run = await engine.TakeOneAsync();
        await engine.CancelAsync(id);
        await engine.FinishAsync(run, AttemptOutcome.Cancelled);
        Assert.Null(await DataAsync());

        async Task<string?> DataAsync() => (await engine.Reader.GetAsync(id))!.Lifecycle[^1].Data?.GetRawText();
    }

    [Fact]
    public async Task Who_asked_for_the_end_of_a_run_whose_worker_was_lost_is_on_its_timeline()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        var run = await engine.TakeNewAsync();
        await engine.Runs.CancelAsync([run.Id], audit: "me");
        await engine.LoseWorkersAsync();
        Assert.Equal("""{"audit":"me"}""", (await engine.Reader.GetAsync(run.Id))!.Lifecycle[^1].Data?.GetRawText());
    }
}

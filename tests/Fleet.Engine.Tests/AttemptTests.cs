using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>What an attempt reports: start, progress and lines, and how it ends.</summary>
public sealed class AttemptTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Start_makes_the_run_running(int partitions)
    {
        var engine = await StartAsync(partitions);
        var run = await engine.TakeNewAsync();
        Assert.Equal(RunState.Queued, await engine.StateAsync(run.Id));
        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(run));
        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(run));
        var record = await engine.RunAsync(run.Id);
        Assert.Equal((RunState.Running, 1, "w1"), (record.State, record.Attempt, record.Worker));
        Assert.NotNull(record.StartedAt);
        Assert.Equal("queued0 started1", await engine.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task Append_adds_lines_in_order_and_announces_the_start_where_nobody_did()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.AppendAsync(run, Engine.Log("a"), Engine.Progress(0.25)));
        Assert.True(await engine.AppendAsync(run, Engine.Log("b"), Engine.Log("c"), Engine.Progress(0.5)));
        Assert.Equal("queued0 started1 log1 progress1 log1 log1 progress1", await engine.TimelineAsync(run.Id));
        Assert.Equal(["a", "b", "c"], (await engine.EventsAsync(run.Id)).Where(e => e.Type == EventType.Log)
            .Select(e => e.Data!.Value.GetProperty("line").GetString()));
        Assert.Equal((RunState.Running, 0.5), ((await engine.RunAsync(run.Id)).State, (await engine.RunAsync(run.Id)).Progress?.Value));
    }

    [Fact]
    public async Task A_part_of_a_timeline_begins_after_what_the_reader_knows()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.AppendAsync(run, Engine.Log("a"), Engine.Log("b"), Engine.Log("c"));
        await engine.FinishAsync(run);
        Assert.Equal([4, 5], await SeqsAsync(3, 2));
        Assert.Equal([5, 6], await SeqsAsync(4, 100));
        Assert.Equal([1], await SeqsAsync(0, 1));
        Assert.Empty(await SeqsAsync(6, 100));
        Assert.Null(await engine.Reader.EventsAsync(RunId.New(1, 0), 0));
        Assert.Null(await engine.Reader.EventsAsync(RunId.New(1, 7), 0));

        async Task<IEnumerable<long>> SeqsAsync(long after, int limit)
        {
            var timeline = await engine.Reader.EventsAsync(run.Id, after, limit);
            Assert.False(timeline!.Gap);
            return timeline.Events.Select(e => e.Seq);
        }
    }

    [Fact]
    public async Task A_timeline_read_while_it_grows_has_neither_gap_nor_more_than_its_run_knows()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        var writes = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++) await engine.AppendAsync(run, Engine.Log("a"), Engine.Log("b"));
        });
        while (!writes.IsCompleted) await engine.EventsAsync(run.Id);
        await writes.Soon();
        Assert.Equal(602, (await engine.EventsAsync(run.Id)).Count);
    }

    [Fact]
    public async Task Lines_beyond_the_limit_are_dropped_from_the_old_end_and_the_gap_is_told()
    {
        var engine = await StartAsync(bend: options => options.Limits.LogEvents = 100);
        var run = await engine.TakeNewAsync();
        for (var i = 0; i < 5; i++) await engine.AppendAsync(run, [.. Enumerable.Range(0, 100).Select(j => Engine.Log($"{i}/{j}"))]);
        await engine.FinishAsync(run);
        var timeline = await engine.Reader.EventsAsync(run.Id, 0);
        Assert.True(timeline!.Gap);
        Assert.InRange(timeline.Events.Count, 100, 300);
        Assert.Equal((503, EventType.Succeeded), (timeline.Events[^1].Seq, timeline.Events[^1].Type));
        Assert.False((await engine.Reader.EventsAsync(run.Id, 450))!.Gap);
    }

    [Fact]
    public async Task Success_ends_the_run_with_its_output()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.FinishAsync(run, payload: """{"n":1}"""));
        var record = await engine.RunAsync(run.Id);
        Assert.Equal((RunState.Succeeded, 1), (record.State, record.Output!.Value.GetProperty("n").GetInt32()));
        Assert.Null(record.Error);
        Assert.NotNull(record.FinishedAt);
        var end = (await engine.EventsAsync(run.Id))[^1];
        Assert.Equal(1, end.Data!.Value.GetProperty("output").GetProperty("n").GetInt32());
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task Failure_ends_the_run_with_its_error()
    {
        var engine = await StartAsync();
        var id = await engine.EndNewAsync(AttemptOutcome.Failed);
        var record = await engine.RunAsync(id);
        Assert.Equal((RunState.Failed, new RunError("boom", "It broke.")), (record.State, record.Error));
        Assert.Equal("boom", (await engine.EventsAsync(id))[^1].Data!.Value.GetProperty("error").GetProperty("type").GetString());
        await engine.AssertIdleAsync();
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, RunState.Succeeded)]
    [InlineData(AttemptOutcome.Failed, RunState.Failed)]
    [InlineData(AttemptOutcome.Retry, RunState.Scheduled)]
    public async Task An_end_without_a_payload_leaves_a_record_that_can_be_read(AttemptOutcome outcome, RunState state)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.FinishAsync(run, outcome, payload: "", delay: TimeSpan.FromHours(1)));
        var record = await engine.RunAsync(run.Id);
        Assert.Equal((state, null), (record.State, record.Error));
        Assert.Equal(3, (await engine.EventsAsync(run.Id)).Count);
    }

    [Fact]
    public async Task Retry_waits_for_its_time_and_the_next_attempt_has_the_next_number()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Retry, delay: TimeSpan.FromHours(1)));
        var record = await engine.RunAsync(run.Id);
        Assert.Equal((RunState.Scheduled, 1, "boom"), (record.State, record.Attempt, record.Error?.Type));
        var retrying = (await engine.EventsAsync(run.Id))[^1];
        Assert.Equal(retrying.At + TimeSpan.FromHours(1), record.DueAt);
        Assert.Equal(record.DueAt, retrying.Data!.Value.GetProperty("dueAt").GetDateTimeOffset());
        Assert.Equal("boom", retrying.Data!.Value.GetProperty("error").GetProperty("type").GetString());

        run = await engine.TakeNewAsync(Engine.Spec("2"));
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Retry));
        await engine.PromoteAllButAsync(1);
        run = await engine.TakeOneAsync();
        Assert.Equal(2, run.Attempt);
        await engine.FinishAsync(run);
        Assert.Equal("queued0 started1 retrying1 queued1 started2 succeeded2", await engine.TimelineAsync(run.Id));
        Assert.Null((await engine.RunAsync(run.Id)).DueAt);
    }

    [Fact]
    public async Task Snooze_keeps_the_number_of_the_attempt()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Snooze));
        Assert.Equal((RunState.Scheduled, 0), ((await engine.RunAsync(run.Id)).State, (await engine.RunAsync(run.Id)).Attempt));
        await engine.PromoteAllButAsync();
        run = await engine.TakeOneAsync();
        Assert.Equal(1, run.Attempt);
        await engine.FinishAsync(run);
        Assert.Equal("queued0 started1 scheduled1 queued0 started1 succeeded1", await engine.TimelineAsync(run.Id));
        Assert.Equal("snoozed", (await engine.EventsAsync(run.Id))[2].Data!.Value.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Release_queues_the_run_at_once_and_keeps_the_number_of_the_attempt()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Release));
        Assert.Equal(RunState.Queued, await engine.StateAsync(run.Id));
        var again = await engine.TakeOneAsync("w2");
        Assert.Equal((run.Id, 1), (again.Id, again.Attempt));
        await engine.FinishAsync(again, worker: "w2");
        Assert.Equal("queued0 started1 released1 queued1 started1 succeeded1", await engine.TimelineAsync(run.Id));
        Assert.Equal("w2", (await engine.RunAsync(run.Id)).Worker);
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_run_given_back_untouched_leaves_no_trace()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.GiveBackAsync(run));
        Assert.False(await engine.GiveBackAsync(run));
        Assert.Equal("queued 1", await engine.CountsAsync());
        await engine.FinishAsync(await engine.TakeOneAsync("w2"));
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(run.Id));
        await engine.AssertIdleAsync();
    }

    [Theory]
    [InlineData(AttemptOutcome.Failed, RunState.Failed)]
    [InlineData(AttemptOutcome.Succeeded, RunState.Succeeded)]
    [InlineData(AttemptOutcome.Retry, RunState.Scheduled)]
    public async Task An_end_before_any_start_is_recorded_as_what_it_is(AttemptOutcome outcome, RunState state)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        var report = Engine.Report(run, outcome, delay: TimeSpan.FromHours(1)) with { StartedAt = null };
        Assert.True(Assert.Single(await engine.Queue.FinishAsync("w1", [report])));
        Assert.Equal(state, await engine.StateAsync(run.Id));
        Assert.Equal(3, (await engine.EventsAsync(run.Id)).Count);
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded)]
    [InlineData(AttemptOutcome.Failed)]
    [InlineData(AttemptOutcome.Retry)]
    [InlineData(AttemptOutcome.Snooze)]
    [InlineData(AttemptOutcome.Release)]
    [InlineData(AttemptOutcome.Cancelled)]
    public async Task What_an_attempt_reports_after_its_end_is_refused_and_changes_nothing(AttemptOutcome outcome)
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        Assert.True(await engine.FinishAsync(run, outcome, delay: TimeSpan.FromHours(1)));
        var before = await SnapshotAsync(engine, run.Id);
        foreach (var late in Enum.GetValues<AttemptOutcome>()) Assert.False(await engine.FinishAsync(run, late));
        Assert.False(await engine.GiveBackAsync(run));
        Assert.False(await engine.AppendAsync(run, Engine.Log("late")));
        Assert.Equal(AttemptStanding.Lost, await engine.BeginAsync(run));
        Assert.Equal(before, await SnapshotAsync(engine, run.Id));
    }

    [Fact]
    public async Task Two_ends_in_one_call_are_one_end()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        var ended = await engine.Queue.FinishAsync("w1", [Engine.Report(run, AttemptOutcome.Succeeded), Engine.Report(run, AttemptOutcome.Failed)]);
        Assert.Equal([true, false], ended);
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(run.Id));
        Assert.Equal("succeeded 1", await engine.CountsAsync());
    }

    [Fact]
    public async Task Runs_of_several_lines_end_in_one_call()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(12, i => Engine.Spec() with { Priority = (Priority)(i % 4) });
        var taken = await engine.TakeAsync(12);
        var ended = await engine.Queue.FinishAsync("w1",
            [.. taken.Select((run, i) => Engine.Report(run, (AttemptOutcome)(i % 2), null))]);
        Assert.All(ended, Assert.True);
        Assert.Equal("succeeded 6, failed 6", await engine.CountsAsync());
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task Renewing_tells_which_runs_are_lost()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(3);
        var taken = await engine.TakeAsync(3);
        Assert.Empty(await engine.Queue.RenewAsync("w1", taken));
        await engine.FinishAsync(taken[1]);
        Assert.Equal([taken[1]], await engine.Queue.RenewAsync("w1", taken));
    }

    /// <summary>A run's record, its log and where it waits.</summary>
    private static async Task<string> SnapshotAsync(Engine engine, RunId id)
    {
        var partition = engine.Keys.Of(id)!;
        var fields = (await engine.Redis.HashGetAllAsync(partition.Run(id))).Select(field => $"{field.Name}={field.Value}").Order();
        var log = await engine.Redis.StreamLengthAsync(partition.Log(id));
        var feed = await engine.Redis.StreamLengthAsync(partition.Events);
        return $"{string.Join(' ', fields)} {log} {feed} {await engine.CountsAsync()}";
    }
}

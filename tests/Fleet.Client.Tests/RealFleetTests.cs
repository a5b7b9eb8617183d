using System.Text.Json;
using Fleet.RealFleet;

namespace Fleet.Client.Tests;

/// <summary>The client against the real API, notifier and worker.</summary>
public sealed class RealFleetTests : IClassFixture<RunningFleet>, IDisposable
{
    private readonly RunningFleet _fleet;
    private readonly FleetClient _client;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));

    public RealFleetTests(RunningFleet fleet)
    {
        _fleet = fleet;
        _client = new FleetClient(fleet.Address, new FleetClientOptions { ReconnectDelay = TimeSpan.FromMilliseconds(50) });
    }

    public void Dispose()
    {
        _client.Dispose();
        _timeout.Dispose();
    }

    [Fact]
    public async Task Schedules_AreMadeChangedTriggeredAndForgotten()
    {
        var schedule = await _client.PutScheduleAsync("nightly", new NewSchedule
        {
            Cron = "30 2 * * *", Zone = "Europe/Berlin", Job = ScriptedJob.Name, Input = JsonSerializer.SerializeToElement(new Script("hi"), FleetJson.Options),
            Overlap = Overlap.QueueOne, Jitter = TimeSpan.FromSeconds(5),
        }, _timeout.Token);
        Assert.Equal(("nightly", "30 2 * * *", Overlap.QueueOne, TimeSpan.FromSeconds(5), 10), (schedule.Name, schedule.Cron, schedule.Overlap, schedule.Jitter, schedule.Next.Count));
        Assert.Equal(
            JsonSerializer.Serialize(schedule, FleetJson.Options), JsonSerializer.Serialize(await _client.GetScheduleAsync("nightly", _timeout.Token), FleetJson.Options));
        Assert.Equal(["nightly"], (await _client.ListSchedulesAsync(_timeout.Token)).Select(each => each.Name));

        Assert.True((await _client.PauseScheduleAsync("nightly", _timeout.Token)).Paused);
        var run = await _client.TriggerScheduleAsync("nightly", _timeout.Token);
        Assert.Equal("nightly", run.Schedule);
        Assert.Equal([run.Id], (await _client.ListRunsAsync(new RunQuery { Schedule = "nightly" }, _timeout.Token)).Items.Select(each => each.Id));
        Assert.Equal(RunState.Succeeded, (await _client.WaitAsync(run.Id, cancellation: _timeout.Token)).State);
        Assert.False((await _client.ResumeScheduleAsync("nightly", _timeout.Token)).Paused);

        await _client.DeleteScheduleAsync("nightly", _timeout.Token);
        var unknown = await Assert.ThrowsAsync<FleetApiException>(() => _client.GetScheduleAsync("nightly", _timeout.Token));
        Assert.Equal("urn:fleet:unknown-schedule", unknown.Problem.Type);
    }

    [Fact]
    public async Task PreviewSchedule_RuleThatIsNotSaved_BringsItsNextTimesAndStoresNothing()
    {
        var next = await _client.PreviewScheduleAsync(new NewSchedule { Cron = "30 2 * * *", Zone = "Asia/Tokyo" }, _timeout.Token);

        Assert.Equal(10, next.Count);
        // Half past two in Tokyo.
        Assert.All(next, at => Assert.Equal(new TimeSpan(17, 30, 0), at.UtcDateTime.TimeOfDay));
        Assert.All(next.Zip(next.Skip(1)), pair => Assert.Equal(TimeSpan.FromDays(1), pair.Second - pair.First));
        Assert.DoesNotContain(await _client.ListSchedulesAsync(_timeout.Token), schedule => schedule.Cron == "30 2 * * *" && schedule.Zone == "Asia/Tokyo");
    }

    [Fact]
    public async Task PreviewSchedule_WrongRule_ThrowsTheProblemWithItsFields()
    {
        var refused = await Assert.ThrowsAsync<FleetApiException>(() => _client.PreviewScheduleAsync(new NewSchedule { Cron = "61 * * * *" }, _timeout.Token));

        Assert.Equal((422, "urn:fleet:invalid-schedule"), (refused.Status, refused.Problem.Type));
        Assert.True(refused.Problem.Errors!.ContainsKey("cron"));
    }

    [Fact]
    public async Task JobStats_RunsThatEnded_TellHowAndHowLongTheyTook()
    {
        await _client.WaitAsync((await SubmitAsync(new Script("a"))).Id, cancellation: _timeout.Token);
        await _client.WaitAsync((await SubmitAsync(new Script("a", Fail: "on purpose"))).Id, cancellation: _timeout.Token);

        var job = Assert.Single(await _client.GetJobStatsAsync(5, _timeout.Token), stats => stats.Job == ScriptedJob.Name);

        Assert.True(job is { Succeeded: > 0, Failed: > 0, Run: { P50: >= 0, P95: >= 0, P99: >= 0 } });
        var refused = await Assert.ThrowsAsync<FleetApiException>(() => _client.GetJobStatsAsync(0, _timeout.Token));
        Assert.True(refused.Problem.Errors!.ContainsKey("minutes"));
    }

    [Fact]
    public async Task Operators_PausePurgeExplainAndChangeInBulk()
    {
        Assert.True((await _client.PauseQueueAsync("held", _timeout.Token)).Paused);
        var ids = new List<RunId>();
        var held = new NewRun { Job = ScriptedJob.Name, Queue = "held", Input = JsonSerializer.SerializeToElement(new Script("a"), FleetJson.Options) };
        for (var i = 0; i < 3; i++) ids.Add((await _client.SubmitAsync(held, cancellation: _timeout.Token)).Run.Id);

        var explanation = await _client.ExplainAsync(ids[1], _timeout.Token);
        Assert.Equal((RunState.Queued, "queue-paused"), (explanation.State, explanation.Reasons[0].Code));
        Assert.Equal("held", explanation.Reasons[0].Data!["queue"].GetString());
        Assert.Equal(1, explanation.Reasons[^1].Data!["ahead"].GetInt32());

        var receipt = await _client.BulkAsync(
            new BulkRequest { Action = BulkAction.Cancel, Filter = new BulkFilter { Queue = "held", Ids = [ids[0]] } }, _timeout.Token);
        Assert.Equal(1, receipt.Matched);
        var run = await _client.WaitAsync(receipt.Run!.Value, cancellation: _timeout.Token);
        Assert.Equal(new BulkOutcome(1, 1, 0), run.Output!.Value.Deserialize<BulkOutcome>(FleetJson.Options));

        Assert.Equal(new PurgeResult(2), await _client.PurgeQueueAsync("held", _timeout.Token));
        Assert.False((await _client.ResumeQueueAsync("held", _timeout.Token)).Paused);
        var unknown = await Assert.ThrowsAsync<FleetApiException>(() => _client.DrainWorkerAsync("nobody", _timeout.Token));
        Assert.Equal("urn:fleet:unknown-worker", unknown.Problem.Type);
    }

    [Fact]
    public async Task Watch_RunWithALog_BringsTheWholeTimelineInOrder()
    {
        var lines = Enumerable.Range(1, 300).Select(i => $"line {i}").ToArray();
        var run = await SubmitAsync(new Script("hello", lines));

        var events = await _client.WatchRunAsync(run.Id, cancellation: _timeout.Token).ToListAsync();

        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Equal(lines, events.Where(e => e.Type == EventType.Log).Select(e => e.Data!.Value.GetProperty("line").GetString()));
        Assert.Equal((EventType.Queued, EventType.Succeeded), (events[0].Type, events[^1].Type));
        Assert.Equal(5, events[^1].Data!.Value.GetProperty("output").GetProperty("length").GetInt32());
        Assert.Equal(events, await _client.AllEventsAsync(run.Id, cancellation: _timeout.Token).ToListAsync(), JsonComparer);
        Assert.Empty(await _client.WatchRunAsync(run.Id, new RunWatchOptions { After = events.Count }, _timeout.Token).ToListAsync());
    }

    [Fact]
    public async Task Watch_ServiceRestartsMeanwhile_MissesNothing()
    {
        var gate = NewName();
        var run = await SubmitAsync(new Script("hello", ["before"], Gate: gate));
        var interruptions = new List<WatchInterruption>();
        await using var watch = _client.WatchRunAsync(run.Id, new RunWatchOptions { Interrupted = interruptions.Add }, _timeout.Token).GetAsyncEnumerator();
        var events = new List<RunEvent>();
        while (events.LastOrDefault()?.Type != EventType.Log && await watch.MoveNextAsync()) events.Add(watch.Current);
        await _fleet.Gates.ReachedAsync(gate);

        var restart = _fleet.RestartAsync();
        var rest = Task.Run(async () =>
        {
            while (await watch.MoveNextAsync()) events.Add(watch.Current);
        });
        await restart;
        _fleet.Gates.Open(gate);
        await rest;

        Assert.NotEmpty(interruptions);
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(e => e.Seq));
        Assert.Contains(events, e => e.Type == EventType.Released);
        Assert.Equal(EventType.Succeeded, events[^1].Type);
    }

    [Fact]
    public async Task Wait_FailingRun_ReturnsItsError()
    {
        var run = await SubmitAsync(new Script("a", Fail: "on purpose"));

        var final = await _client.WaitAsync(run.Id, cancellation: _timeout.Token);

        Assert.Equal((RunState.Failed, "on purpose"), (final.State, final.Error!.Message));
    }

    [Fact]
    public async Task Wait_RunningRun_ReturnsWhenTheTimeIsUp()
    {
        var gate = NewName();
        var run = await SubmitAsync(new Script("a", Gate: gate));
        await _fleet.Gates.ReachedAsync(gate);

        Assert.Equal(RunState.Running, (await _client.WaitAsync(run.Id, TimeSpan.FromSeconds(0.3), _timeout.Token)).State);
        _fleet.Gates.Open(gate);
        Assert.Equal(RunState.Succeeded, (await _client.WaitAsync(run.Id, cancellation: _timeout.Token)).State);
    }

    [Fact]
    public async Task CancelRetryForkDelete_InTurn_DoWhatTheySay()
    {
        var gate = NewName();
        var run = await SubmitAsync(new Script("ab", Gate: gate));
        await _fleet.Gates.ReachedAsync(gate);

        await _client.CancelAsync(run.Id, _timeout.Token);
        Assert.Equal(RunState.Cancelled, (await _client.WaitAsync(run.Id, cancellation: _timeout.Token)).State);
        Assert.Equal(409, (await Assert.ThrowsAsync<FleetApiException>(() => _client.CancelAsync(run.Id, _timeout.Token))).Status);

        _fleet.Gates.Open(gate);
        await _client.RetryAsync(run.Id, _timeout.Token);
        Assert.Equal(RunState.Succeeded, (await _client.WaitAsync(run.Id, cancellation: _timeout.Token)).State);
        Assert.Equal(EventType.Succeeded, (await _client.WatchRunAsync(run.Id, cancellation: _timeout.Token).LastAsync()).Type);

        var fork = await _client.ForkAsync(run.Id, JsonElement.Parse("""{"text":"abc"}"""), _timeout.Token);
        Assert.NotEqual(run.Id, fork.Id);
        Assert.Equal(3, (await _client.WaitAsync(fork.Id, cancellation: _timeout.Token)).Output!.Value.GetProperty("length").GetInt32());

        await _client.DeleteAsync(run.Id, _timeout.Token);
        Assert.Equal(404, (await Assert.ThrowsAsync<FleetApiException>(() => _client.GetRunAsync(run.Id, _timeout.Token))).Status);
        Assert.Equal(404, (await Assert.ThrowsAsync<FleetApiException>(async () =>
            await _client.WatchRunAsync(run.Id, cancellation: _timeout.Token).ToListAsync())).Status);
    }

    [Fact]
    public async Task Submit_SameKeyTwice_IsOneRun()
    {
        var key = NewName();
        var request = new NewRun { Job = ScriptedJob.Name, Input = JsonElement.Parse("""{"text":"a"}""") };

        var first = await _client.SubmitAsync(request, key, _timeout.Token);
        var second = await _client.SubmitAsync(request, key, _timeout.Token);

        Assert.Equal(first.Run.Id, second.Run.Id);
        Assert.Equal((false, true), (first.Deduplicated, second.Deduplicated));
    }

    [Fact]
    public async Task SubmitBatch_OneOfThemWrong_SaysWhich()
    {
        var right = new NewRun { Job = ScriptedJob.Name, Input = JsonElement.Parse("""{"text":"a"}""") };

        var result = await _client.SubmitBatchAsync([right, right with { Job = "test.scripd" }, right], _timeout.Token);

        Assert.Equal(2, result.Ids.Count);
        var rejected = Assert.Single(result.Rejected);
        Assert.Equal((1, "urn:fleet:unknown-job"), (rejected.Index, rejected.Problem.Type));
    }

    [Fact]
    public async Task ListAllRuns_ByTag_ReadsEveryPageNewestFirst()
    {
        var tag = NewName();
        var ids = new List<RunId>();
        for (var i = 0; i < 5; i++) ids.Add((await SubmitAsync(new Script("a"), tag)).Id);

        var listed = await _client.ListAllRunsAsync(new RunQuery { Tag = tag, Limit = 2 }, _timeout.Token).Select(run => run.Id).ToListAsync();

        Assert.Equal(ids.OrderDescending(), listed);
    }

    [Fact]
    public async Task Catalogue_RunningFleet_IsReadable()
    {
        await _client.WaitAsync((await SubmitAsync(new Script("a"))).Id, cancellation: _timeout.Token);

        Assert.Equal("Does as it is told.", Assert.Single(await _client.ListJobsAsync(_timeout.Token)).Description);
        Assert.Equal(3, (await _client.GetJobAsync(ScriptedJob.Name, _timeout.Token)).Defaults.MaxAttempts);
        Assert.Contains(await _client.ListQueuesAsync(_timeout.Token), queue => queue.Name == "default");
        Assert.Contains(await _client.ListWorkersAsync(_timeout.Token), worker => worker.Jobs.Contains(ScriptedJob.Name));
        Assert.True((await _client.GetStatsAsync(_timeout.Token)).Counts["succeeded"] > 0);
        Assert.Equal(5, (await _client.GetStatsHistoryAsync(5, _timeout.Token)).Count);
    }

    /// <summary>Events hold JSON, which compares by reference.</summary>
    private static IEqualityComparer<RunEvent> JsonComparer { get; } = EqualityComparer<RunEvent>.Create(
        (a, b) => JsonSerializer.Serialize(a, FleetJson.Options) == JsonSerializer.Serialize(b, FleetJson.Options));

    private static string NewName() => $"n{Guid.NewGuid():N}"[..12];

    private async Task<Run> SubmitAsync(Script script, params string[] tags) => (await _client.SubmitAsync(
        new NewRun { Job = ScriptedJob.Name, Input = JsonSerializer.SerializeToElement(script, FleetJson.Options), Tags = tags },
        cancellation: _timeout.Token)).Run;
}

using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Testing;

namespace Fleet.Worker.Tests;

[Collection(nameof(AloneInTheProcess))]
public sealed class EndToEndTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly string[] Jobs = ["fail", "http", "noop", "process", "sleep", "text.stats"];

    [Fact]
    public async Task Jobs_OfAStartedWorker_AreInTheCatalogueWithTheirSchemas()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var announced = await worker.Get<JobCatalogue>().ListAsync();
        Assert.Equal(Jobs, announced.Keys.Order());
        Assert.All(announced.Values, job => Assert.Equal(JsonValueKind.Object, job.InputSchema.ValueKind));
        Assert.Equal("seconds", announced["sleep"].InputSchema.GetProperty("required")[0].GetString());
    }

    [Fact]
    public async Task Run_OfEachSimpleJob_Succeeds()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        Assert.Equal("{}", await OutputAsync(worker, "noop", new { anything = new[] { 1, 2 } }));
        Assert.Equal("""{"attempt":1}""", await OutputAsync(worker, "fail", new { message = "never", times = 0 }));
        Assert.StartsWith("""{"seconds":0""", await OutputAsync(worker, "sleep", new { seconds = 0.05 }), StringComparison.Ordinal);
        Assert.Equal(
            """{"bytes":3,"lines":1,"words":2,"distinctWords":1,"top":[{"word":"a","count":2}],"exact":true}""",
            await OutputAsync(worker, "text.stats", new { text = "a A" }));
    }

    [Fact]
    public async Task Fail_OnceOfTwoAttempts_IsRetriedAndSucceeds()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var (run, events) = await worker.RunAsync("fail", new { message = "not yet", times = 1 }, maxAttempts: 2);
        Assert.Equal((RunState.Succeeded, 2), (run.State, run.Attempt));
        var retrying = Assert.Single(events, e => e.Type == EventType.Retrying);
        Assert.Equal("not yet", retrying.Data!.Value.GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task Failure_ThatIsPermanent_UsesOneAttempt()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var (run, _) = await worker.RunAsync("process", new { file = "no-such-program" }, maxAttempts: 5);
        Assert.Equal((RunState.Failed, 1), (run.State, run.Attempt));
        Assert.Contains("no program 'no-such-program'", run.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_OfAHundredThousandLines_HasThemAllOnItsTimelineInOrder()
    {
        await using var worker = await WorkerHost.StartAsync(redis, ("Fleet:Limits:LogEvents", "200000"));
        var (run, events) = await worker.RunAsync("process", Shell("echo $FLEET_RUN_ID $FLEET_ATTEMPT >&2; seq 100000; echo end >&2; exit 3"));
        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("exit code 3", run.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, 100_000).Select(i => $"{i}"), Lines(events, "stdout"));
        Assert.Equal([$"{run.Id} 1", "end"], Lines(events, "stderr"));
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(e => (int)e.Seq));
        Assert.Equal(EventType.Failed, events[^1].Type);
    }

    [Fact]
    public async Task Process_OfManyLongLines_IsRecordedCompletely()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var (run, events) = await worker.RunAsync("process", Shell("for i in $(seq 5000); do printf \"$i %16000d\\n\" 0; done"));
        Assert.True(run.State == RunState.Succeeded, run.Error?.ToString());
        Assert.Equal(Enumerable.Range(1, 5000).Select(i => $"{i}"), Lines(events, "stdout").Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task Process_Cancelled_IsCancelledAndLeavesNothing()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var id = await worker.EnqueueAsync("process", Shell("sleep 1000 & trap '' TERM; echo ready; while :; do sleep 1; done"));
        await worker.WaitForAsync(id, e => e.Type == EventType.Log);
        Assert.NotEmpty(RunProcesses.Of(id));
        await worker.Store.CancelAsync([id]);
        var (run, _) = await worker.EndOfAsync(id);
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.Empty(RunProcesses.Of(id));
    }

    [Fact]
    public async Task Process_OutOfTime_FailsAndLeavesNothing()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var (run, events) = await worker.RunAsync("process", Shell("echo ready; sleep 1000 & sleep 1000"), timeout: TimeSpan.FromSeconds(1));
        Assert.Equal((RunState.Failed, "timeout"), (run.State, run.Error!.Type));
        Assert.Equal(["ready"], Lines(events, "stdout"));
        Assert.Empty(RunProcesses.Of(run.Id));
    }

    [Fact]
    public async Task Process_OfAWorkerThatShutsDown_IsGivenBackAndLeavesNothing()
    {
        var worker = await WorkerHost.StartAsync(redis, ("Fleet:Worker:DrainTimeout", "00:00:00"));
        await using (worker)
        {
            var id = await worker.EnqueueAsync("process", Shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
            await worker.WaitForAsync(id, e => e.Type == EventType.Log);
            await worker.StopAsync();
            var timeline = await worker.Get<Fleet.Engine.Runs.RunReader>().EventsAsync(id, after: 0);
            Assert.Equal(RunState.Queued, timeline!.Run.State);
            Assert.Contains(timeline.Events, e => e.Type == EventType.Released);
            Assert.Empty(RunProcesses.Of(id));
        }
    }

    [Fact]
    public async Task Sleep_WhileItRuns_ShowsItsProgress()
    {
        await using var worker = await WorkerHost.StartAsync(redis);
        var id = await worker.EnqueueAsync("sleep", new { seconds = 3600, steps = 1000 });
        await worker.WaitForAsync(id, e => e.Type == EventType.Progress);
        await worker.Store.CancelAsync([id]);
        var (run, _) = await worker.EndOfAsync(id);
        Assert.Equal(RunState.Cancelled, run.State);
        Assert.InRange(run.Progress!.Value, 0.001, 0.1);
    }

    private static async Task<string> OutputAsync(WorkerHost worker, string job, object input)
    {
        var (run, _) = await worker.RunAsync(job, input);
        Assert.True(run.State == RunState.Succeeded, $"{job} is {run.State}: {run.Error}");
        return run.Output!.Value.GetRawText();
    }

    private static IEnumerable<string> Lines(IEnumerable<RunEvent> events, string stream) => events
        .Where(e => e.Type == EventType.Log && e.Data!.Value.GetProperty("stream").GetString() == stream)
        .Select(e => e.Data!.Value.GetProperty("line").GetString()!);

    private static object Shell(string script) => new { file = "sh", args = new[] { "-c", script } };
}

using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class ExplainTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task UnknownRun_IsNotFound()
    {
        (await _api.GetAsync($"/v1/runs/{RunId.New(1, 0)}/explain")).ExpectProblem(404, "unknown-run");
        (await _api.GetAsync("/v1/runs/x/explain")).ExpectProblem(404, "unknown-run");
    }

    [Fact]
    public async Task Queued_NoWorkerAtAll()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        var reasons = await ExplainAsync(id, "queued", "no-worker-for-queue", "waiting-in-line");

        Assert.Contains("No worker is connected", Text(reasons[0]), StringComparison.Ordinal);
        Assert.Equal("default", reasons[0].GetProperty("queue").GetString());
        Assert.Equal(0, reasons[1].GetProperty("ahead").GetInt64());
    }

    [Fact]
    public async Task Queued_NoWorkerServesItsQueue()
    {
        await AnnounceAsync("w-1", ["mail", "text"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        var reasons = await ExplainAsync(id, "queued", "no-worker-for-queue", "waiting-in-line");

        Assert.Contains("mail and text", Text(reasons[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queued_NoWorkerKnowsItsJob()
    {
        await AnnounceAsync("w-1", ["*"], ["other.job"]);
        await AnnounceAsync("w-2", ["mail"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        var reasons = await ExplainAsync(id, "queued", "no-worker-for-job", "waiting-in-line");

        Assert.Contains("w-1", Text(reasons[0]), StringComparison.Ordinal);
        Assert.Contains("w-2", Text(reasons[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queued_WorkersDrainOrAreBusy()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"], slots: 1);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await ExplainAsync(id, "queued", "waiting-in-line");

        await AnnounceAsync("w-1", ["*"], ["test.job"], slots: 1, running: [RunId.New(1, 0)]);
        Assert.Equal(1, (await ExplainAsync(id, "queued", "all-slots-busy", "waiting-in-line"))[0].GetProperty("slots").GetInt32());

        (await _api.PostAsync("/v1/workers/w-1/drain")).Expect(200);
        await ExplainAsync(id, "queued", "worker-draining", "waiting-in-line");
    }

    [Fact]
    public async Task Queued_QueueIsPaused()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        (await _api.PostAsync("/v1/queues/default/pause")).Expect(200);

        var reasons = await ExplainAsync(id, "queued", "queue-paused", "waiting-in-line");

        Assert.Equal("default", reasons[0].GetProperty("queue").GetString());
        (await _api.PostAsync("/v1/queues/default/resume")).Expect(200);
        await ExplainAsync(id, "queued", "waiting-in-line");
    }

    [Fact]
    public async Task Queued_RunsAheadAreCounted()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        await _api.Driver.EnqueueManyAsync(2500);
        await _api.Driver.FinishAsync(await _api.Driver.TakeAsync(50));
        await _api.Driver.TakeAsync(100);
        await _api.CreateAsync("""{"job":"test.job","priority":"high"}""");
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.EnqueueManyAsync(10);
        // Rates are of whole seconds that have gone by.
        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/v1/stats")).Json.GetProperty("rates").GetProperty("out").GetDouble() > 0);

        var reason = Assert.Single(await ExplainAsync(id, "queued", "waiting-in-line"));

        Assert.Equal((2351, 1, false),
            (reason.GetProperty("ahead").GetInt64(), reason.GetProperty("moreUrgent").GetInt64(), reason.GetProperty("atLeast").GetBoolean()));
        Assert.Contains("2,351 runs", Text(reason), StringComparison.Ordinal);
        Assert.True(reason.GetProperty("seconds").GetDouble() > 100);
    }

    [Fact]
    public async Task Queued_LineLongerThanIsCounted_IsCountedFromItsShorterEnd()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        await _api.Driver.EnqueueManyAsync(10_500);
        var middle = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.EnqueueManyAsync(10_500);
        var last = await _api.CreateAsync("""{"job":"test.job"}""");

        var behind = Assert.Single(await ExplainAsync(middle, "queued", "waiting-in-line"));
        Assert.Equal((10_000, true), (behind.GetProperty("ahead").GetInt64(), behind.GetProperty("atLeast").GetBoolean()));
        Assert.StartsWith("At least 10,000 runs", Text(behind), StringComparison.Ordinal);
        Assert.Equal(21_001, Assert.Single(await ExplainAsync(last, "queued", "waiting-in-line")).GetProperty("ahead").GetInt64());
    }

    [Fact]
    public async Task Queued_ThatAWorkerHasJustTaken()
    {
        await AnnounceAsync(FleetDriver.Worker, ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.TakeAsync(1);

        Assert.Equal(FleetDriver.Worker, Assert.Single(await ExplainAsync(id, "queued", "taken")).GetProperty("worker").GetString());
    }

    [Fact]
    public async Task Queued_WithADeadline()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job","expiresAt":"2190-01-01T00:00:00Z"}""");

        Assert.Equal("2190-01-01T00:00:00.000Z", (await ExplainAsync(id, "queued", "waiting-in-line", "expires"))[1].GetProperty("expiresAt").GetString());
    }

    [Fact]
    public async Task Scheduled_ForLater()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job","delay":3600}""");

        var reason = Assert.Single(await ExplainAsync(id, "scheduled", "due"));

        Assert.Contains("59 min", Text(reason), StringComparison.Ordinal);
        Assert.NotNull(reason.GetProperty("dueAt").GetString());
        (await _api.PostAsync("/v1/queues/default/pause")).Expect(200);
        await ExplainAsync(id, "scheduled", "due", "queue-paused");
    }

    [Fact]
    public async Task Scheduled_ForItsRetry()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await EndAsync(await _api.Driver.StartOneAsync(), AttemptOutcome.Retry, """{"type":"Boom","message":"It broke.","detail":null}""");

        var reason = Assert.Single(await ExplainAsync(id, "scheduled", "retry-wait"));

        Assert.StartsWith("Attempt 1 of 5 failed with Boom: It broke. The next one is due in ", Text(reason), StringComparison.Ordinal);
        Assert.Equal((1, 5, "Boom"), (reason.GetProperty("attempt").GetInt32(), reason.GetProperty("maxAttempts").GetInt32(), reason.GetProperty("error").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Scheduled_SinceItsHandlerPutItOff()
    {
        await AnnounceAsync("w-1", ["*"], ["test.job"]);
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await EndAsync(await _api.Driver.StartOneAsync(), AttemptOutcome.Snooze, "");

        await ExplainAsync(id, "scheduled", "snoozed");
    }

    [Fact]
    public async Task Running_OnAWorker()
    {
        var id = await _api.CreateAsync("""{"job":"test.job","timeout":600}""");
        await _api.Driver.StartOneAsync();

        var reasons = await ExplainAsync(id, "running", "running", "times-out");
        Assert.Equal(FleetDriver.Worker, reasons[0].GetProperty("worker").GetString());
        Assert.Contains("attempt 1 of 5", Text(reasons[0]), StringComparison.Ordinal);

        (await _api.PostAsync($"/v1/runs/{id}/cancel")).Expect(202);
        await AnnounceAsync(FleetDriver.Worker, ["*"], ["test.job"]);
        (await _api.PostAsync($"/v1/workers/{FleetDriver.Worker}/drain")).Expect(200);
        await ExplainAsync(id, "running", "cancelling", "running", "worker-draining", "times-out");
    }

    [Fact]
    public async Task Running_OnAWorkerThatIsNotHeardOf()
    {
        await using var api = await ApiHost.StartAsync(redis, ("Fleet:Lease", "00:01:00"));
        var id = await api.CreateAsync("""{"job":"test.job"}""");
        var run = await api.Driver.StartOneAsync();
        // As if nothing had been heard of the worker for 50 seconds.
        await api.Services.GetRequiredService<RedisConnection>().Database.ExecuteAsync(
            "XCLAIM", run.Line.Stream, "fleet", FleetDriver.Worker, 0, run.Entry, "IDLE", 50_000, "JUSTID");

        var reason = (await api.GetAsync($"/v1/runs/{id}/explain")).Expect(200).Json.GetProperty("reasons")[0];

        Assert.Equal("worker-unseen", reason.GetProperty("code").GetString());
        Assert.InRange(reason.GetProperty("lastSeen").GetDouble(), 50, 60);
        Assert.Contains("goes back into its queue in ", Text(reason), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Running_WhileRedisHasLostThatAnybodyHoldsIt()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var run = await _api.Driver.StartOneAsync();
        await _api.Services.GetRequiredService<RedisConnection>().Database.KeyDeleteAsync(run.Line.Stream);

        await ExplainAsync(id, "running", "not-held");
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, """{"ok":true}""", "succeeded", "Attempt 1 succeeded on worker driver")]
    [InlineData(AttemptOutcome.Failed, """{"type":"Boom","message":"It broke.","detail":null}""", "failed", "failed with Boom: It broke. Such an error allows no further attempt.")]
    [InlineData(AttemptOutcome.Failed, """{"type":"worker-lost","message":"3 workers were lost.","detail":null}""", "failed", "3 workers were lost. It may well take its worker down again")]
    [InlineData(AttemptOutcome.Cancelled, "", "cancelled", "Somebody asked for its end")]
    public async Task Final(AttemptOutcome outcome, string payload, string state, string says)
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await EndAsync(await _api.Driver.StartOneAsync(), outcome, payload);

        var reason = Assert.Single(await ExplainAsync(id, state, state));

        Assert.Contains(says, Text(reason), StringComparison.Ordinal);
        Assert.Equal(1, reason.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task Final_WithAllAttemptsUsedUp()
    {
        var id = await _api.CreateAsync("""{"job":"test.job","maxAttempts":1}""");
        await EndAsync(await _api.Driver.StartOneAsync(), AttemptOutcome.Failed, """{"type":"Boom","message":"It broke.","detail":null}""");

        Assert.StartsWith("Attempt 1 of 1, the last one it had, failed with Boom: It broke. ", Text((await ExplainAsync(id, "failed", "failed"))[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FleetsOwnRun_IsExplainedLikeAnyOther()
    {
        var id = (await _api.PostAsync("/v1/runs/bulk", """{"action":"cancel","filter":{"ids":[]}}""")).Expect(202).Text("run");
        (await _api.GetAsync($"/v1/runs/{id}/wait")).Expect(200);

        await ExplainAsync(id, "succeeded", "succeeded");
    }

    private static string Text(JsonElement reason) => reason.GetProperty("text").GetString()!;

    private async Task<IReadOnlyList<JsonElement>> ExplainAsync(string id, string state, params string[] codes)
    {
        var reply = (await _api.GetAsync($"/v1/runs/{id}/explain")).Expect(200);
        Assert.Equal(["state", "reasons"], reply.Json.EnumerateObject().Select(property => property.Name));
        IReadOnlyList<JsonElement> reasons = [.. reply.Json.GetProperty("reasons").EnumerateArray()];
        Assert.Equal(state, reply.Text("state"));
        Assert.Equal(codes, reasons.Select(reason => reason.GetProperty("code").GetString()));
        // Sentences, each with an end.
        Assert.All(reasons, reason => Assert.Matches(@"^[A-Z0-9].*[.)]$", Text(reason)));
        return reasons;
    }

    private Task<bool> AnnounceAsync(string id, string[] queues, string[] jobs, int slots = 4, RunId[]? running = null) =>
        _api.Services.GetRequiredService<WorkerRegistry>().AnnounceAsync(new WorkerInfo
        {
            Id = id,
            Host = "here",
            Version = "1",
            Queues = queues,
            Jobs = jobs,
            Slots = slots,
            Running = running ?? [],
        });

    private async Task EndAsync(TakenRun run, AttemptOutcome outcome, string payload) =>
        Assert.Equal([true], await _api.Services.GetRequiredService<WorkQueue>().FinishAsync(FleetDriver.Worker,
            [new AttemptReport
            {
                Run = run,
                Outcome = outcome,
                Payload = System.Text.Encoding.UTF8.GetBytes(payload),
                Delay = TimeSpan.FromMinutes(10),
                StartedAt = TimeProvider.System.GetTimestamp(),
            }]));
}

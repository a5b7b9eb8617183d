using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class CreateRunTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("""{"job":"test.job"}""", "queued")]
    [InlineData("""{"job":"test.job","input":null,"queue":null,"tags":null,"delay":0}""", "queued")]
    [InlineData("""{"job":"test.job","input":{"a":[1,2.50,"ü\n\u0041"],"b":null,"big":12345678901234567890},"tags":["x","y","x"],"meta":{"k":"v"}}""", "queued")]
    [InlineData("""{"job":"test.job","input":"just text","queue":"mail","priority":"critical","maxAttempts":3,"timeout":"00:01:00"}""", "queued")]
    [InlineData("""{"job":"test.job","delay":90.5}""", "scheduled")]
    [InlineData("""{"job":"test.job","backoff":{"kind":"list","delays":[1,"00:00:05"]}}""", "queued")]
    [InlineData("""{"job":"test.job","delay":"00:05:00","expiresAt":"2199-01-01T00:00:00Z"}""", "scheduled")]
    [InlineData("""{"job":"test.job","at":"2190-01-31T09:30:00.123+02:00"}""", "scheduled")]
    [InlineData("""{"job":"test.job","at":"2001-01-31T09:30:00Z"}""", "queued")]
    [InlineData("""{"job":"test.job","at":"1901-01-31T09:30:00Z"}""", "queued")]
    [InlineData("""{"job":"text.stats","input":{"text":"hi"}}""", "queued")]
    public async Task Post_Valid_AnswersWithTheRunAsItIs(string body, string state)
    {
        var created = (await _api.PostAsync("/v1/runs", body)).Expect(201);

        var location = created.Headers["Location"];
        Assert.Equal($"/v1/runs/{created.Text("id")}", location);
        Assert.Equal(state, created.Text("state"));
        Assert.Equal(1, created.Json.GetProperty("seq").GetInt32());
        Assert.Equal(state == "scheduled", created.Json.GetProperty("dueAt").ValueKind == JsonValueKind.String);
        var read = (await _api.GetAsync(location)).Expect(200);
        Assert.Equal(read.Content, created.Content);
    }

    [Fact]
    public async Task Post_Valid_HasExactlyTheMembersOfTheContract()
    {
        var run = (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Expect(201);

        Assert.Equal(
            ["id", "job", "queue", "priority", "tenant", "state", "attempt", "maxAttempts", "input", "output", "error", "progress", "tags", "meta",
                "worker", "schedule", "seq", "createdAt", "dueAt", "startedAt", "finishedAt"],
            run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", run.Text("createdAt"));
        Assert.Equal("{}", run.Json.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Post_NothingSaid_TakesTheJobsDefaults()
    {
        var run = (await _api.PostAsync("/v1/runs", """{"job":"text.stats","input":{"text":"hi"}}""")).Expect(201).Json;

        Assert.Equal("text", run.GetProperty("queue").GetString());
        Assert.Equal("high", run.GetProperty("priority").GetString());
        Assert.Equal(7, run.GetProperty("maxAttempts").GetInt32());
    }

    [Fact]
    public async Task Post_Delay_IsDueThatMuchLater()
    {
        var run = (await _api.PostAsync("/v1/runs", """{"job":"test.job","delay":90.5}""")).Expect(201).Json;

        Assert.Equal(90.5, (run.GetProperty("dueAt").GetDateTimeOffset() - run.GetProperty("createdAt").GetDateTimeOffset()).TotalSeconds);
    }

    [Fact]
    public async Task Post_UniqueAgain_AnswersWithTheEarlierRun()
    {
        const string Body = """{"job":"test.job","input":{"n":1},"unique":{"key":"nightly"}}""";
        var first = (await _api.PostAsync("/v1/runs", Body)).Expect(201);

        var second = (await _api.PostAsync("/v1/runs", """{"job":"test.job","input":{"n":2},"unique":{"key":"nightly","scope":"active"}}""")).Expect(200);

        Assert.False(first.Headers.ContainsKey("Fleet-Deduplicated"));
        Assert.Equal("true", second.Headers["Fleet-Deduplicated"]);
        Assert.Equal(first.Content, second.Content);
        await _api.Driver.SucceedOneAsync();
        (await _api.PostAsync("/v1/runs", Body)).Expect(201);
    }

    [Fact]
    public async Task Post_UniqueForATime_HoldsBeyondTheEnd()
    {
        const string Body = """{"job":"test.job","unique":{"key":"hourly","for":"01:00:00"}}""";
        var first = (await _api.PostAsync("/v1/runs", Body)).Expect(201);
        await _api.Driver.SucceedOneAsync();

        var second = (await _api.PostAsync("/v1/runs", Body)).Expect(200);

        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.Equal("succeeded", second.Text("state"));
    }

    [Fact]
    public async Task Post_SameIdempotencyKey_AnswersWithTheEarlierRun()
    {
        var first = (await _api.PostAsync("/v1/runs", """{"job":"test.job","input":{"a":1,"b":[true]}}""", ("Idempotency-Key", "k1"))).Expect(201);

        var again = (await _api.PostAsync("/v1/runs", """{ "input": {"b": [true], "a": 1}, "job": "test.job" }""", ("Idempotency-Key", "k1"))).Expect(200);

        Assert.Equal("true", again.Headers["Fleet-Deduplicated"]);
        Assert.Equal(first.Content, again.Content);
    }

    [Fact]
    public async Task Post_SameIdempotencyKeyAnotherBody_Conflicts()
    {
        (await _api.PostAsync("/v1/runs", """{"job":"test.job","input":{"a":1}}""", ("Idempotency-Key", "k2"))).Expect(201);

        var other = await _api.PostAsync("/v1/runs", """{"job":"test.job","input":{"a":2}}""", ("Idempotency-Key", "k2"));

        Assert.Contains("k2", other.ExpectProblem(422, "idempotency-conflict"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SameIdempotencyKeyAtOnce_CreatesOneRun()
    {
        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            _api.PostAsync("/v1/runs", """{"job":"test.job"}""", ("Idempotency-Key", "k3"))));

        Assert.Single(replies, reply => reply.Status == 201);
        Assert.Single(replies.Select(reply => reply.Text("id")).Distinct());
    }
}

using System.Text.Json;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class RunActionTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("""{"job":"test.job"}""")]
    [InlineData("""{"job":"test.job","delay":3600}""")]
    public async Task Cancel_WaitingRun_EndsIt(string body)
    {
        var id = await _api.CreateAsync(body);

        var reply = (await _api.PostAsync($"/v1/runs/{id}/cancel")).Expect(202);

        Assert.Equal("cancelled", reply.Text("state"));
        Assert.NotEqual(JsonValueKind.Null, reply.Json.GetProperty("finishedAt").ValueKind);
        Assert.Equal((await _api.GetAsync($"/v1/runs/{id}")).Content, reply.Content);
    }

    [Fact]
    public async Task Cancel_RunningRun_TellsItsWorker()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var run = await _api.Driver.StartOneAsync();

        var reply = (await _api.PostAsync($"/v1/runs/{id}/cancel")).Expect(202);

        Assert.Equal("running", reply.Text("state"));
        var standing = await _api.Services.GetRequiredService<WorkQueue>().StartAsync(FleetDriver.Worker, [(run, TimeProvider.System.GetTimestamp())]);
        Assert.Equal([AttemptStanding.CancelRequested], standing);
    }

    [Fact]
    public async Task Cancel_FinalRun_Conflicts()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        (await _api.PostAsync($"/v1/runs/{id}/cancel")).ExpectProblem(409, "already-final");
    }

    [Fact]
    public async Task Retry_FinalRun_QueuesItAgain()
    {
        var id = await _api.CreateAsync("""{"job":"test.job","maxAttempts":1}""");
        await _api.Driver.FinishAsync([await _api.Driver.StartOneAsync()], AttemptOutcome.Failed);

        var reply = (await _api.PostAsync($"/v1/runs/{id}/retry")).Expect(202);

        Assert.Equal("queued", reply.Text("state"));
        Assert.Equal((await _api.GetAsync($"/v1/runs/{id}")).Content, reply.Content);
        await _api.Driver.SucceedOneAsync();
        Assert.Equal("succeeded", (await _api.GetAsync($"/v1/runs/{id}")).Text("state"));
    }

    [Fact]
    public async Task Retry_RunThatIsNotFinal_Conflicts()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        (await _api.PostAsync($"/v1/runs/{id}/retry")).ExpectProblem(409, "not-final");
    }

    [Fact]
    public async Task Delete_FinalRun_ForgetsIt()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var reply = (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{id}")).Expect(204);

        Assert.Empty(reply.Content);
        (await _api.GetAsync($"/v1/runs/{id}")).ExpectProblem(404, "unknown-run");
        (await _api.GetAsync($"/v1/runs/{id}/events")).ExpectProblem(404, "unknown-run");
        (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{id}")).ExpectProblem(404, "unknown-run");
        Assert.Empty((await _api.GetAsync("/v1/runs")).Items);
    }

    [Fact]
    public async Task Delete_RunThatIsNotFinal_Conflicts()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{id}")).ExpectProblem(409, "not-final");
    }

    [Fact]
    public async Task Fork_NothingSaid_TakesTheSameAgain()
    {
        var old = (await _api.PostAsync("/v1/runs",
            """{"job":"text.stats","input":{"text":"hi","seconds":3},"queue":"slow","priority":"low","maxAttempts":9,"tags":["a"],"meta":{"k":"v"},"timeout":7,"expiresAt":"2190-01-01T00:00:00Z"}""")).Expect(201);

        var reply = (await _api.PostAsync($"/v1/runs/{old.Text("id")}/fork")).Expect(201);

        Assert.NotEqual(old.Text("id"), reply.Text("id"));
        Assert.Equal($"/v1/runs/{reply.Text("id")}", reply.Headers["Location"]);
        Assert.Equal((await _api.GetAsync(reply.Headers["Location"])).Content, reply.Content);
        foreach (var same in new[] { "job", "queue", "priority", "maxAttempts", "input", "tags", "meta", "state" })
            Assert.Equal(old.Json.GetProperty(same).GetRawText(), reply.Json.GetProperty(same).GetRawText());
        var record = await _api.Services.GetRequiredService<RunReader>().GetAsync(RunId.Parse(reply.Text("id")));
        Assert.Equal(TimeSpan.FromSeconds(7), record!.Options.Timeout);
        Assert.Null(record.Options.ExpiresAt);
    }

    [Theory]
    [InlineData("{}", """{"text":"hi","seconds":3}""")]
    [InlineData("""{"input":null}""", """{"text":"hi","seconds":3}""")]
    [InlineData("""{"input":{"seconds":5}}""", """{"text":"hi","seconds":5}""")]
    [InlineData("""{"input":{"seconds":null,"mode":"lines"}}""", """{"text":"hi","mode":"lines"}""")]
    public async Task Fork_Input_IsMergedOverTheOld(string body, string input)
    {
        var id = await _api.CreateAsync("""{"job":"text.stats","input":{"text":"hi","seconds":3}}""");

        Assert.Equal(input, (await _api.PostAsync($"/v1/runs/{id}/fork", body)).Expect(201).Json.GetProperty("input").GetRawText());
    }

    [Fact]
    public async Task Fork_RetriedRun_HasAsManyAttemptsAsTheRunHadAtFirst()
    {
        var id = await _api.CreateAsync("""{"job":"test.job","maxAttempts":2}""");
        await _api.Driver.FinishAsync([await _api.Driver.StartOneAsync()], AttemptOutcome.Failed);
        (await _api.PostAsync($"/v1/runs/{id}/retry")).Expect(202);

        Assert.Equal(2, (await _api.PostAsync($"/v1/runs/{id}/fork")).Expect(201).Json.GetProperty("maxAttempts").GetInt32());
    }

    [Fact]
    public async Task Fork_InputThatDoesNotFit_NamesTheField()
    {
        var id = await _api.CreateAsync("""{"job":"text.stats","input":{"text":"hi"}}""");

        (await _api.PostAsync($"/v1/runs/{id}/fork", """{"input":{"text":null,"seconds":99}}""")).ExpectFields("input.text", "input.seconds");
        (await _api.PostAsync($"/v1/runs/{id}/fork", """{"queue":"other"}""")).ExpectFields("queue");
        (await _api.PostAsync($"/v1/runs/{id}/fork", "{")).ExpectProblem(400, "invalid-json");
        (await _api.SendAsync(HttpMethod.Post, $"/v1/runs/{id}/fork", "{}", "text/plain")).ExpectProblem(415, "unsupported-media-type");
    }

    [Fact]
    public async Task Fork_SameIdempotencyKey_AnswersWithTheEarlierFork()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var first = (await _api.PostAsync($"/v1/runs/{id}/fork", null, ("Idempotency-Key", "f"))).Expect(201);

        Assert.Equal(first.Text("id"), (await _api.PostAsync($"/v1/runs/{id}/fork", null, ("Idempotency-Key", "f"))).Expect(200).Text("id"));
        (await _api.PostAsync($"/v1/runs/{first.Text("id")}/fork", null, ("Idempotency-Key", "f"))).ExpectProblem(422, "idempotency-conflict");
    }
}

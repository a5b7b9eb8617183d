using Fleet.Api.Bulk;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class QueueControlTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Pause_And_Resume_AnswerWithTheQueue()
    {
        await _api.CreateAsync("""{"job":"test.job","queue":"mail"}""");

        var paused = (await _api.PostAsync("/v1/queues/mail/pause")).Expect(200);
        Assert.Equal(("mail", true, 1), (paused.Text("name"), paused.Json.GetProperty("paused").GetBoolean(), paused.Json.GetProperty("depth").GetInt32()));
        Assert.Equal(paused.Json.GetProperty("paused").GetRawText(), Assert.Single((await _api.GetAsync("/v1/queues")).Items).GetProperty("paused").GetRawText());
        // Asking twice is asking once.
        (await _api.PostAsync("/v1/queues/mail/pause")).Expect(200);

        Assert.False((await _api.PostAsync("/v1/queues/mail/resume")).Expect(200).Json.GetProperty("paused").GetBoolean());
        Assert.False((await _api.PostAsync("/v1/queues/mail/resume")).Expect(200).Json.GetProperty("paused").GetBoolean());
    }

    [Fact]
    public async Task Pause_QueueThatWasNeverUsed_MakesIt()
    {
        Assert.True((await _api.PostAsync("/v1/queues/new/pause")).Expect(200).Json.GetProperty("paused").GetBoolean());

        Assert.Equal("new", Assert.Single((await _api.GetAsync("/v1/queues")).Items).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("POST", "/v1/queues/mial/resume", "'mail'")]
    [InlineData("DELETE", "/v1/queues/mial/runs", "'mail'")]
    [InlineData("POST", "/v1/queues/NoName/pause", "lower-case")]
    [InlineData("POST", "/v1/queues/NoName/resume", "lower-case")]
    [InlineData("DELETE", "/v1/queues/NoName/runs", "lower-case")]
    public async Task UnknownQueue_IsNotFound(string method, string path, string says)
    {
        await _api.CreateAsync("""{"job":"test.job","queue":"mail"}""");

        Assert.Contains(says, (await _api.SendAsync(new HttpMethod(method), path)).ExpectProblem(404, "unknown-queue"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Purge_CancelsWhatWaits_AndNothingElse()
    {
        var running = await _api.CreateAsync("""{"job":"test.job"}""");
        var run = await _api.Driver.StartOneAsync();
        var taken = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.TakeAsync(1);
        var waiting = new List<string>();
        foreach (var body in new[] { """{"job":"test.job"}""", """{"job":"test.job","priority":"low"}""", """{"job":"test.job","delay":3600}""" })
            waiting.Add(await _api.CreateAsync(body));
        var other = await _api.CreateAsync("""{"job":"test.job","queue":"other"}""");

        var reply = (await _api.SendAsync(HttpMethod.Delete, "/v1/queues/default/runs")).Expect(200);

        Assert.Equal("""{"purged":3,"run":null}""", reply.Content);
        foreach (var id in waiting)
        {
            Assert.Equal("cancelled", await StateAsync(id));
            Assert.Equal("cancelled", (await _api.GetAsync($"/v1/runs/{id}/events")).Items[^1].GetProperty("type").GetString());
        }

        Assert.Equal(["running", "queued", "queued"], [await StateAsync(running), await StateAsync(taken), await StateAsync(other)]);
        await _api.Driver.FinishAsync([run]);
        Assert.Equal("succeeded", await StateAsync(running));
        Assert.Equal("""{"purged":0,"run":null}""", (await _api.SendAsync(HttpMethod.Delete, "/v1/queues/default/runs")).Expect(200).Content);
    }

    [Fact]
    public async Task Purge_TooManyForOneRequest_GoesOnInTheBackground()
    {
        await _api.Driver.EnqueueManyAsync(2500);
        _api.Services.GetRequiredService<QueuePurge>().Longest = TimeSpan.Zero;

        var reply = (await _api.SendAsync(HttpMethod.Delete, "/v1/queues/default/runs")).Expect(202);

        Assert.Equal(0, reply.Json.GetProperty("purged").GetInt64());
        Assert.Equal($"/v1/runs/{reply.Text("run")}", reply.Headers["Location"]);
        var run = (await _api.GetAsync($"{reply.Headers["Location"]}/wait?timeout=60")).Expect(200);
        Assert.Equal("""{"matched":2500,"changed":2500,"skipped":0}""", run.Json.GetProperty("output").GetRawText());
        Assert.Equal(2500, (await _api.GetAsync("/v1/stats")).Json.GetProperty("counts").GetProperty("cancelled").GetInt64());
        Assert.Equal(0, (await _api.GetAsync("/v1/queues")).Items[0].GetProperty("depth").GetInt64());
    }

    [Fact]
    public async Task Drain_Worker_ShowsAtOnce()
    {
        await _api.Services.GetRequiredService<WorkerRegistry>().AnnounceAsync(new WorkerInfo { Id = "w-1", Host = "here", Version = "1.2.3" });
        Assert.Equal("connected", Assert.Single((await _api.GetAsync("/v1/workers")).Items).GetProperty("state").GetString());

        var reply = (await _api.PostAsync("/v1/workers/w-1/drain")).Expect(200);

        Assert.Equal(("w-1", "draining"), (reply.Text("id"), reply.Text("state")));
        Assert.Equal("draining", Assert.Single((await _api.GetAsync("/v1/workers")).Items).GetProperty("state").GetString());
        Assert.Contains("'w-1'", (await _api.PostAsync("/v1/workers/w-2/drain")).ExpectProblem(404, "unknown-worker"), StringComparison.Ordinal);
    }

    private async Task<string> StateAsync(string id) => (await _api.GetAsync($"/v1/runs/{id}")).Expect(200).Text("state");
}

using Fleet.Engine;
using Fleet.Engine.Bulk;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class BulkTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Cancel_TwentyThousandRuns_IsDoneInTheBackgroundWithProgress()
    {
        await _api.Driver.EnqueueManyAsync(20_000);

        // No worker is there, let alone one with a free slot.
        var receipt = await AskAsync("""{"action":"cancel","filter":{"state":"queued"}}""");
        var late = await _api.CreateAsync("""{"job":"test.job"}""");

        Assert.Equal(20_000, receipt.Json.GetProperty("matched").GetInt64());
        var run = await EndAsync(receipt);
        Assert.Equal("""{"matched":20000,"changed":20000,"skipped":0}""", run.Json.GetProperty("output").GetRawText());
        Assert.Equal(("fleet.bulk", 1.0), (run.Text("job"), run.Json.GetProperty("progress").GetProperty("value").GetDouble()));
        var events = (await _api.GetAsync($"/v1/runs/{receipt.Text("run")}/events")).Expect(200).Items;
        Assert.Contains(events, e => e.GetProperty("type").GetString() == "progress" && e.GetProperty("data").GetProperty("value").GetDouble() is > 0 and < 1);
        Assert.Equal("queued", await StateAsync(late));
        Assert.Equal(20_000, await CountAsync("cancelled"));
    }

    [Fact]
    public async Task Delete_All_LeavesNothing_NotEvenTheRunThatDidIt()
    {
        var ids = await _api.Driver.EnqueueManyAsync(1500);
        await _api.Driver.FinishAsync(await _api.Driver.TakeAsync(1500));

        var receipt = await AskAsync("""{"action":"delete","filter":{"state":"succeeded"}}""");
        await EndAsync(receipt);

        Assert.Equal(1500, receipt.Json.GetProperty("matched").GetInt64());
        Assert.Empty((await _api.GetAsync("/v1/runs")).Items);
        Assert.All((await _api.GetAsync("/v1/stats")).Json.GetProperty("counts").EnumerateObject(), count => Assert.Equal(0, count.Value.GetInt64()));
        Assert.Equal(["default"], (await _api.GetAsync("/v1/queues")).Items.Select(queue => queue.GetProperty("name").GetString()));
        Assert.Empty((await _api.GetAsync("/v1/workers")).Items);
        Assert.DoesNotContain((await _api.GetAsync("/v1/jobs")).Items, job => job.GetProperty("name").GetString() == "fleet.bulk");
        (await _api.GetAsync($"/v1/runs/{ids[0]}")).ExpectProblem(404, "unknown-run");
        // It can itself be forgotten like any other.
        (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{receipt.Text("run")}")).Expect(204);
    }

    [Fact]
    public async Task Retry_FailedRunsOfAJob_KeepsTheirTimelines()
    {
        var failed = new List<string>();
        for (var i = 0; i < 3; i++) failed.Add(await FailAsync("""{"job":"test.job","maxAttempts":1}"""));
        var other = await FailAsync("""{"job":"text.stats","input":{"text":"x"},"queue":"default","priority":"normal","maxAttempts":1}""");

        var receipt = await AskAsync("""{"action":"retry","filter":{"state":"failed","job":"test.job"}}""");
        await EndAsync(receipt);

        Assert.Equal(3, receipt.Json.GetProperty("matched").GetInt64());
        foreach (var id in failed)
        {
            Assert.Equal("queued", await StateAsync(id));
            Assert.Equal(["queued", "started", "failed", "queued"], (await _api.GetAsync($"/v1/runs/{id}/events")).Items.Select(e => e.GetProperty("type").GetString()));
        }

        Assert.Equal("failed", await StateAsync(other));
    }

    [Fact]
    public async Task Ids_OnlyTheseAreChanged()
    {
        var ids = await _api.Driver.EnqueueManyAsync(4);
        var own = (await AskAsync("""{"action":"cancel","filter":{"ids":[]}}""")).Text("run");

        var receipt = await AskAsync($$"""{"action":"cancel","filter":{"ids":["{{ids[0]}}","{{ids[2]}}","{{RunId.New(1, 0)}}","{{own}}"] } }""");
        var run = await EndAsync(receipt);

        Assert.Equal("""{"matched":2,"changed":2,"skipped":0}""", run.Json.GetProperty("output").GetRawText());
        Assert.Equal(["cancelled", "queued", "cancelled", "queued"], await Task.WhenAll(ids.Select(id => StateAsync(id.ToString()))));
    }

    [Theory]
    [InlineData("""{"filter":{}}""", "action")]
    [InlineData("""{"action":"delete"}""", "filter")]
    [InlineData("""{"action":"delete","filter":null}""", "filter")]
    [InlineData("""{"action":"forget","filter":{}}""", "action")]
    [InlineData("""{"action":"delete","filter":{"stat":"failed"}}""", "filter.stat")]
    [InlineData("""{"action":"delete","filter":{"state":"broken"}}""", "filter.state")]
    [InlineData("""{"action":"delete","filter":{"state":"running"}}""", "filter.state")]
    [InlineData("""{"action":"retry","filter":{"state":"queued"}}""", "filter.state")]
    [InlineData("""{"action":"cancel","filter":{"state":"failed"}}""", "filter.state")]
    [InlineData("""{"action":"cancel","filter":{"ids":["x"]}}""", "filter.ids[0]")]
    [InlineData("""{"action":"cancel","filter":{"since":"yesterday"}}""", "filter.since")]
    public async Task Fault_IsNamed_AndNothingIsDone(string body, string field)
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        (await _api.PostAsync("/v1/runs/bulk", body)).ExpectFields(field);

        Assert.Equal("queued", await StateAsync(id));
    }

    [Fact]
    public async Task Ids_TooMany_AreRefused()
    {
        var ids = string.Join(',', Enumerable.Repeat($"\"{RunId.New(1, 0)}\"", 10_001));

        (await _api.PostAsync("/v1/runs/bulk", $$"""{"action":"cancel","filter":{"ids":[{{ids}}] } }""")).ExpectFields("filter.ids");
    }

    [Fact]
    public async Task EmptyFilter_IsEveryRun()
    {
        await _api.Driver.EnqueueManyAsync(3);
        await _api.CreateAsync("""{"job":"test.job","delay":3600}""");

        Assert.Equal("""{"matched":4,"run":null}""", (await _api.PostAsync("/v1/runs/bulk", """{"action":"cancel","filter":{},"dryRun":true}""")).Expect(200).Content);
        Assert.Equal(0, await CountAsync("cancelled"));
        await EndAsync(await AskAsync("""{"action":"cancel","filter":{}}"""));
        Assert.Equal(4, await CountAsync("cancelled"));
    }

    [Fact]
    public async Task SameIdempotencyKey_LeadsToTheSameRun()
    {
        await _api.Driver.EnqueueManyAsync(3);
        const string Body = """{"action":"cancel","filter":{}}""";
        var first = (await _api.PostAsync("/v1/runs/bulk", Body, ("Idempotency-Key", "b"))).Expect(202);
        await EndAsync(first);

        Assert.Equal(first.Content, (await _api.PostAsync("/v1/runs/bulk", Body, ("Idempotency-Key", "b"))).Expect(202).Content);
        (await _api.PostAsync("/v1/runs/bulk", """{"action":"delete","filter":{}}""", ("Idempotency-Key", "b"))).ExpectProblem(422, "idempotency-conflict");
    }

    [Fact]
    public async Task ReservedJobs_CannotBeAskedFor()
    {
        (await _api.PostAsync("/v1/runs", """{"job":"fleet.bulk","input":{}}""")).ExpectFields("job");
        var own = (await AskAsync("""{"action":"cancel","filter":{"ids":[]}}""")).Text("run");
        (await _api.PostAsync($"/v1/runs/{own}/fork")).ExpectFields("job");
    }

    [Fact]
    public async Task RunningOnes_AreTold_AndCountAsChanged()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var run = await _api.Driver.StartOneAsync();

        var ended = await EndAsync(await AskAsync("""{"action":"cancel","filter":{"state":"running"}}"""));

        Assert.Equal("""{"matched":1,"changed":1,"skipped":0}""", ended.Json.GetProperty("output").GetRawText());
        await _api.Driver.FinishAsync([run], AttemptOutcome.Cancelled);
        Assert.Equal("cancelled", await StateAsync(id));
    }

    [Fact]
    public async Task ExecutorThatDies_IsReplaced_AndNothingIsDoneTwiceOrLeftOut()
    {
        var prefix = RedisServer.NewPrefix();
        using var dying = await EngineAsync(prefix);
        var ids = await new FleetDriver(dying.Services).EnqueueManyAsync(3500);
        var (orders, checkpoints) = (dying.Services.GetRequiredService<BulkOrders>(), dying.Services.GetRequiredService<CheckpointStore>());
        var order = await orders.CountAsync(await orders.DrawUpAsync(BulkAction.Cancel, new BulkFilter()));
        var id = (await orders.PlaceAsync(order)).Id;

        // It takes the run, does two pages, and dies before it has said so of the second.
        var system = dying.Services.GetRequiredService<FleetKeys>().System;
        Assert.Single(await dying.Services.GetRequiredService<WorkQueue>().TakeAsync([new WaitingLine(system, SystemRuns.Queue, Priority.Normal)], "dies", 1));
        var progress = await orders.StepAsync(order, BulkProgress.None);
        await checkpoints.SaveAsync(id, progress);
        await orders.StepAsync(order, progress);
        await using var next = await ApiHost.StartAsync(redis, ("Fleet:Prefix", prefix), ("Fleet:Lease", "00:00:01"));

        var run = (await next.GetAsync($"/v1/runs/{id}/wait?timeout=60")).Expect(200);

        Assert.Equal("succeeded", run.Text("state"));
        // The page of which nothing was saved is not counted.
        Assert.Equal("""{"matched":3500,"changed":2500,"skipped":0}""", run.Json.GetProperty("output").GetRawText());
        Assert.Contains("recovered", (await next.GetAsync($"/v1/runs/{id}/events")).Items.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal(ids.Count, (await next.GetAsync("/v1/stats")).Json.GetProperty("counts").GetProperty("cancelled").GetInt64());
        foreach (var each in ids.Where((_, index) => index % 250 == 0))
            Assert.Equal(["queued", "cancelled"], (await next.GetAsync($"/v1/runs/{each}/events")).Items.Select(e => e.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task ServerThatStops_LeavesTheRestToAnother()
    {
        var prefix = RedisServer.NewPrefix();
        using var engine = await EngineAsync(prefix);
        await new FleetDriver(engine.Services).EnqueueManyAsync(20_000);
        var first = await ApiHost.StartAsync(redis, ("Fleet:Prefix", prefix));
        var id = (await first.PostAsync("/v1/runs/bulk", """{"action":"cancel","filter":{}}""")).Expect(202).Text("run");
        await first.DisposeAsync();

        await using var second = await ApiHost.StartAsync(redis, ("Fleet:Prefix", prefix));
        var run = (await second.GetAsync($"/v1/runs/{id}/wait?timeout=60")).Expect(200);

        Assert.Equal("succeeded", run.Text("state"));
        Assert.Equal(20_000, run.Json.GetProperty("output").GetProperty("changed").GetInt64());
        // A Redis that answers too late on a busy machine costs an attempt; that a server stops does not.
        var retries = (await second.GetAsync($"/v1/runs/{id}/events")).Expect(200).Items.Count(item => item.GetProperty("type").GetString() == "retrying");
        Assert.Equal(1 + retries, run.Json.GetProperty("attempt").GetInt32());
    }

    private async Task<IHost> EngineAsync(string prefix)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Fleet:Redis"] = redis.Address, ["Fleet:Prefix"] = prefix });
        builder.Services.AddFleetEngine(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private async Task<Reply> AskAsync(string body)
    {
        var reply = (await _api.PostAsync("/v1/runs/bulk", body)).Expect(202);
        Assert.Equal($"/v1/runs/{reply.Text("run")}", reply.Headers["Location"]);
        return reply;
    }

    private async Task<Reply> EndAsync(Reply receipt)
    {
        var run = (await _api.GetAsync($"/v1/runs/{receipt.Text("run")}/wait?timeout=60")).Expect(200);
        Assert.Equal("succeeded", run.Text("state"));
        return run;
    }

    private async Task<string> FailAsync(string body)
    {
        var id = await _api.CreateAsync(body);
        await _api.Driver.FinishAsync([await _api.Driver.StartOneAsync()], AttemptOutcome.Failed);
        return id;
    }

    private async Task<string> StateAsync(string id) => (await _api.GetAsync($"/v1/runs/{id}")).Expect(200).Text("state");

    private async Task<long> CountAsync(string state) =>
        (await _api.GetAsync("/v1/stats")).Json.GetProperty("counts").GetProperty(state).GetInt64();
}

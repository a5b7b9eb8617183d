using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class CatalogueTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Jobs_Announced_AreListedByName()
    {
        var page = (await _api.GetAsync("/v1/jobs")).Expect(200);

        Assert.Equal(["test.job", "text.stats"], page.Items.Select(job => job.GetProperty("name").GetString()));
        Assert.Null(page.Next);
        var job = (await _api.GetAsync("/v1/jobs/text.stats")).Expect(200).Json;
        Assert.Equal("Counts words.", job.GetProperty("description").GetString());
        Assert.Equal("object", job.GetProperty("inputSchema").GetProperty("type").GetString());
        Assert.Equal("""{"queue":"text","priority":"high","maxAttempts":7,"timeout":"00:02:00","backoff":null,"keepSucceeded":null,"keepOthers":null}""", job.GetProperty("defaults").GetRawText());
    }

    [Fact]
    public async Task Jobs_Unknown_NamesTheNearest() =>
        Assert.Contains("'text.stats'", (await _api.GetAsync("/v1/jobs/text.stat")).ExpectProblem(404, "unknown-job"), StringComparison.Ordinal);

    [Fact]
    public async Task Jobs_AnnouncedAnew_AreHeldAgainstTheirNewSchema()
    {
        (await _api.PostAsync("/v1/runs", """{"job":"text.stats","input":{"text":"hi"}}""")).Expect(201);
        var changed = Jobs.All[1] with { InputSchema = JsonElement.Parse("""{"type":"object","required":["words"]}""") };
        await _api.Services.GetRequiredService<JobCatalogue>().AnnounceAsync([changed]);

        await Eventually.IsTrueAsync(async () => (await _api.PostAsync("/v1/runs", """{"job":"text.stats","input":{"text":"hi"}}""")).Status == 422);

        (await _api.PostAsync("/v1/runs", """{"job":"text.stats","input":{"words":1}}""")).Expect(201);
    }

    [Fact]
    public async Task JobStats_TellHowRunsEnded()
    {
        Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync("/v1/stats/jobs")).Expect(200).Content);
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var job = Assert.Single((await _api.GetAsync("/v1/stats/jobs?minutes=5")).Expect(200).Items);

        Assert.Equal(("test.job", 1, 0), (job.GetProperty("job").GetString(), job.GetProperty("succeeded").GetInt32(), job.GetProperty("failed").GetInt32()));
        Assert.True(job.GetProperty("run").GetProperty("p95").GetDouble() >= 0);
        (await _api.GetAsync("/v1/stats/jobs?minutes=0")).ExpectFields("minutes");
    }

    [Fact]
    public async Task Workers_ThatLive_AreListed()
    {
        Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync("/v1/workers")).Expect(200).Content);
        await _api.Services.GetRequiredService<WorkerRegistry>().AnnounceAsync(new WorkerInfo { Id = "w-1", Host = "here", Version = "1.2.3", Slots = 4, Queues = ["*"] });

        var worker = Assert.Single((await _api.GetAsync("/v1/workers")).Expect(200).Items);

        Assert.Equal("w-1", worker.GetProperty("id").GetString());
        Assert.Equal(4, worker.GetProperty("slots").GetInt32());
    }

    [Fact]
    public async Task Queues_TellWhatWaitsAndWhatIsInFlight()
    {
        Assert.Empty((await _api.GetAsync("/v1/queues")).Expect(200).Items);
        for (var i = 0; i < 3; i++) await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.CreateAsync("""{"job":"test.job","priority":"low"}""");
        await _api.CreateAsync("""{"job":"test.job","queue":"mail"}""");
        await _api.CreateAsync("""{"job":"test.job","delay":3600}""");
        var taken = await _api.Driver.TakeAsync(1);

        var queues = (await _api.GetAsync("/v1/queues")).Expect(200).Items;

        Assert.Equal(["default", "mail"], queues.Select(queue => queue.GetProperty("name").GetString()));
        Assert.Equal(3, queues[0].GetProperty("depth").GetInt32());
        Assert.Equal(1, queues[0].GetProperty("inFlight").GetInt32());
        Assert.Equal(2, queues[0].GetProperty("priorities").GetProperty("normal").GetProperty("depth").GetInt32());
        Assert.Equal(1, queues[0].GetProperty("priorities").GetProperty("low").GetProperty("depth").GetInt32());

        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/v1/queues")).Items[0].GetProperty("lag").GetDouble() > 0.1);
        await _api.Driver.FinishAsync(taken);
        await _api.Driver.FinishAsync(await _api.Driver.TakeAsync(10));
        var normal = (await _api.GetAsync("/v1/queues")).Items[0].GetProperty("priorities").GetProperty("normal");
        Assert.Equal("""{"depth":0,"inFlight":0,"lag":0}""", normal.GetRawText());
    }

    [Fact]
    public async Task Queues_HaveRatesAlsoWhereNobodyAskedBefore()
    {
        await _api.CreateAsync("""{"job":"test.job"}""");

        var queue = Assert.Single((await _api.GetAsync("/v1/queues")).Expect(200).Items);

        Assert.Equal("""{"in":0,"out":0}""", queue.GetProperty("rates").GetRawText());
    }

    [Fact]
    public async Task Stats_CountEveryState()
    {
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.CreateAsync("""{"job":"test.job","delay":3600}""");

        var stats = (await _api.GetAsync("/v1/stats")).Expect(200).Json;

        Assert.Equal(RunStates.All.Select(state => state.Name()), stats.GetProperty("counts").EnumerateObject().Select(count => count.Name));
        Assert.Equal(1, stats.GetProperty("counts").GetProperty("succeeded").GetInt64());
        Assert.Equal(1, stats.GetProperty("counts").GetProperty("queued").GetInt64());
        Assert.Equal(1, stats.GetProperty("counts").GetProperty("scheduled").GetInt64());
        Assert.Equal(["in", "out", "failed"], stats.GetProperty("rates").EnumerateObject().Select(rate => rate.Name));
        Assert.Equal(JsonValueKind.Number, stats.GetProperty("latency").GetProperty("wait").GetProperty("p99").ValueKind);
    }

    [Fact]
    public async Task StatsHistory_TellsOfEachMinute()
    {
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var minutes = (await _api.GetAsync("/v1/stats/history?minutes=5")).Expect(200).Items;

        Assert.Equal(5, minutes.Count);
        // The two may lie on two sides of a minute's end.
        Assert.Equal(1, minutes.Sum(minute => minute.GetProperty("in").GetInt64()));
        Assert.Equal(1, minutes.Sum(minute => minute.GetProperty("out").GetInt64()));
        Assert.Equal(60, (await _api.GetAsync("/v1/stats/history")).Expect(200).Items.Count);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    [InlineData("x")]
    public async Task StatsHistory_BadMinutes_IsNamed(string minutes) => (await _api.GetAsync($"/v1/stats/history?minutes={minutes}")).ExpectFields("minutes");
}

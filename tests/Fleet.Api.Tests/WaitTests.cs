using System.Diagnostics;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class WaitTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Wait_FinalRun_AnswersAtOnce()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var reply = (await _api.GetAsync($"/v1/runs/{id}/wait")).Expect(200);

        Assert.Equal((await _api.GetAsync($"/v1/runs/{id}")).Content, reply.Content);
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, "succeeded")]
    [InlineData(AttemptOutcome.Failed, "failed")]
    public async Task Wait_RunThatEnds_AnswersThen(AttemptOutcome outcome, string state)
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var waiting = _api.GetAsync($"/v1/runs/{id}/wait?timeout=00:01:00");
        await UntilWatchedAsync(id);
        var run = await _api.Driver.StartOneAsync();
        await _api.Driver.LogAsync(run, 1, 5);
        Assert.False(waiting.IsCompleted);

        var finished = Stopwatch.StartNew();
        await _api.Driver.FinishAsync([run], outcome);
        var reply = (await waiting).Expect(200);

        Assert.Equal(state, reply.Text("state"));
        Assert.True(finished.Elapsed < TimeSpan.FromSeconds(10), $"It took {finished.Elapsed}.");
    }

    [Fact]
    public async Task Wait_CancelledRun_AnswersThen()
    {
        var id = await _api.CreateAsync("""{"job":"test.job","delay":3600}""");
        var waiting = _api.GetAsync($"/v1/runs/{id}/wait?timeout=60");
        await UntilWatchedAsync(id);

        (await _api.PostAsync($"/v1/runs/{id}/cancel")).Expect(202);

        Assert.Equal("cancelled", (await waiting).Expect(200).Text("state"));
    }

    [Fact]
    public async Task Wait_TimeIsUp_AnswersWithTheRunAsItIs()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.StartOneAsync();

        Assert.Equal("running", (await _api.GetAsync($"/v1/runs/{id}/wait?timeout=0.3")).Expect(202).Text("state"));
        Assert.Equal("running", (await _api.GetAsync($"/v1/runs/{id}/wait?timeout=0")).Expect(202).Text("state"));
    }

    [Fact]
    public async Task Wait_DeletedRun_IsNotFound()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();
        (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{id}")).Expect(204);

        (await _api.GetAsync($"/v1/runs/{id}/wait?timeout=1")).ExpectProblem(404, "unknown-run");
    }

    [Fact]
    public async Task Wait_ServerStops_AnswersWithTheRunAsItIs()
    {
        await using var other = await ApiHost.StartAsync(redis);
        var id = await other.CreateAsync("""{"job":"test.job"}""");
        var waiting = other.GetAsync($"/v1/runs/{id}/wait?timeout=60");
        await UntilWatchedAsync(id, other);

        other.Services.GetRequiredService<Microsoft.Extensions.Hosting.IHostApplicationLifetime>().StopApplication();

        Assert.Equal("queued", (await waiting).Expect(202).Text("state"));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("301")]
    [InlineData("00:05:01")]
    [InlineData("long")]
    [InlineData("1e400")]
    public async Task Wait_BadTimeout_IsNamed(string timeout) =>
        (await _api.GetAsync($"/v1/runs/{RunId.New(0, 0)}/wait?timeout={timeout}")).ExpectFields("timeout");

    /// <summary>Returns once the request is waiting: its run is then marked as watched.</summary>
    private async Task UntilWatchedAsync(string id, ApiHost? api = null)
    {
        var services = (api ?? _api).Services;
        var key = services.GetRequiredService<Engine.Redis.FleetKeys>().Of(RunId.Parse(id))!.Run(RunId.Parse(id));
        var database = services.GetRequiredService<Engine.Redis.RedisConnection>().Database;
        await Eventually.IsTrueAsync(async () => await database.HashExistsAsync(key, "watched"));
    }
}

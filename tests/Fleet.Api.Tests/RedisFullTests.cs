using Fleet.Engine.Redis;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

/// <summary>What callers see of a Redis that has no memory left, and of one that would drop what it has.</summary>
public sealed class RedisFullTests : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _api = await ApiHost.StartAsync(_redis);
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task RedisIsFull_WhatIsNewIsRefused_AndAllElseIsServed()
    {
        const string Body = """{"job":"test.job"}""";
        var final = await _api.CreateAsync(Body);
        await _api.Driver.SucceedOneAsync();
        var deleted = await _api.CreateAsync(Body);
        await _api.Driver.SucceedOneAsync();
        var cancelled = await _api.CreateAsync(Body);
        (await _api.SendAsync(HttpMethod.Put, "/v1/schedules/minutely", """{"job":"test.job","every":60}""", "application/json")).Expect(201);
        await SetAsync("maxmemory", "1");

        foreach (var (method, path, body) in new (string, string, string?)[]
        {
            ("POST", "/v1/runs", Body), ("POST", "/v1/runs", """{"job":"test.job","queue":"new"}"""), ("POST", "/v1/runs/batch", $$"""{"runs":[{{Body}}]}"""),
            ("POST", $"/v1/runs/{final}/retry", null), ("POST", $"/v1/runs/{final}/fork", null), ("POST", "/v1/schedules/minutely/trigger", null),
            ("PUT", "/v1/schedules/hourly", """{"job":"test.job","every":3600}"""),
        })
        {
            var reply = await _api.SendAsync(new HttpMethod(method), path, body, "application/json");
            Assert.True(reply.Status == 503, $"{method} {path} is answered with {reply.Status}: {reply.Content}");
            var detail = reply.ExpectProblem(503, "storage-full");
            Assert.Contains("maxmemory", detail, StringComparison.Ordinal);
            Assert.Contains("Fleet:Retention", detail, StringComparison.Ordinal);
            Assert.True(int.Parse(reply.Headers["Retry-After"], provider: null) > 0);
        }

        (await _api.PostAsync($"/v1/runs/{cancelled}/cancel")).Expect(202);
        Assert.Equal(204, (await _api.SendAsync(HttpMethod.Delete, $"/v1/runs/{deleted}")).Status);
        Assert.Equal(204, (await _api.SendAsync(HttpMethod.Delete, "/v1/schedules/minutely")).Status);
        Assert.Equal(2, (await _api.GetAsync("/v1/runs")).Expect(200).Items.Count);
        Assert.Equal("cancelled", (await _api.GetAsync($"/v1/runs/{cancelled}/wait?timeout=1")).Expect(200).Text("state"));
        Assert.Equal(200, (await _api.GetAsync("/readyz")).Status);

        await SetAsync("maxmemory", "0");
        (await _api.PostAsync($"/v1/runs/{final}/retry")).Expect(202);
        await _api.CreateAsync(Body);
    }

    [Theory]
    [InlineData("allkeys-lru")]
    [InlineData("volatile-ttl")]
    public async Task RedisEvicts_NothingStarts_AndTheReasonSaysWhatToDo(string policy)
    {
        await SetAsync("maxmemory-policy", policy);

        var refused = await Assert.ThrowsAsync<Engine.FleetException>(() => ApiHost.StartAsync(_redis));

        Assert.Contains(policy, refused.Message, StringComparison.Ordinal);
        Assert.Contains("CONFIG SET maxmemory-policy noeviction", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task RedisEvictsAfterItsReturn_IsNotReadyUntilItDoesNotAnyMore()
    {
        await SetAsync("maxmemory-policy", "allkeys-lfu");
        Assert.Equal(200, (await _api.GetAsync("/readyz")).Status);
        await LoseConnectionAsync();

        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/readyz")).Status == 503);
        Assert.Contains("allkeys-lfu", (await _api.GetAsync("/readyz")).ExpectProblem(503, "redis-evicts"), StringComparison.Ordinal);
        Assert.Equal(200, (await _api.GetAsync("/livez")).Status);

        await SetAsync("maxmemory-policy", "noeviction");
        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/readyz")).Status == 200);
    }

    private async Task LoseConnectionAsync()
    {
        var redis = _api.Services.GetRequiredService<RedisConnection>();
        try
        {
            await redis.Database.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no");
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // That was its own connection.
        }

        await Eventually.AnswersAsync(redis);
    }

    private async Task SetAsync(string setting, string value) =>
        await _api.Services.GetRequiredService<RedisConnection>().Database.ExecuteAsync("CONFIG", "SET", setting, value);
}

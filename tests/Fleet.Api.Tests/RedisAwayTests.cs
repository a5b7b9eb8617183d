using System.Diagnostics;
using Fleet.Engine.Redis;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

/// <summary>What callers see while Redis is away, on a Redis that may be ended.</summary>
public sealed class RedisAwayTests : IAsyncLifetime
{
    private static readonly (string Method, string Path)[] Requests =
    [
        ("POST", "/v1/runs"), ("POST", "/v1/runs/batch"), ("GET", "/v1/runs"), ("GET", $"/v1/runs/{RunId.New(0, 0)}"),
        ("GET", $"/v1/runs/{RunId.New(0, 0)}/events"), ("GET", $"/v1/runs/{RunId.New(0, 0)}/wait"), ("POST", $"/v1/runs/{RunId.New(0, 0)}/cancel"),
        ("POST", $"/v1/runs/{RunId.New(0, 0)}/retry"), ("POST", $"/v1/runs/{RunId.New(0, 0)}/fork"), ("DELETE", $"/v1/runs/{RunId.New(0, 0)}"),
        ("GET", "/v1/jobs/nobody"), ("GET", "/v1/workers"), ("GET", "/v1/queues"), ("GET", "/v1/stats"), ("GET", "/v1/stats/history"), ("GET", "/readyz"),
    ];

    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _api = await ApiHost.StartAsync(_redis);
        await _api.CreateAsync("""{"job":"test.job"}""");
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task RedisIsGone_EveryRequestIsToldSoSoon_AndServedWhenItIsBack()
    {
        await _redis.KillAsync();
        await ExpectAwayAsync();
        Assert.Equal(200, (await _api.GetAsync("/livez")).Status);

        await _redis.RestartAsync();

        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/readyz")).Status == 200);
        await Eventually.IsTrueAsync(async () => (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Status == 201);
        Assert.Equal(2, (await _api.GetAsync("/v1/runs")).Expect(200).Items.Count);
    }

    [Fact]
    public async Task RedisHangs_EveryRequestIsToldSoSoon()
    {
        // Redis accepts what is sent and answers nothing, as when its machine stalls.
        await _api.Services.GetRequiredService<RedisConnection>().Database.ExecuteAsync("CLIENT", "PAUSE", "4000", "ALL");

        await Task.WhenAll(Requests.Select(request => ExpectAwayAsync(request.Method, request.Path)));
    }

    private async Task ExpectAwayAsync()
    {
        foreach (var (method, path) in Requests) await ExpectAwayAsync(method, path);
    }

    private async Task ExpectAwayAsync(string method, string path)
    {
        var body = path switch
        {
            "/v1/runs" when method == "POST" => """{"job":"test.job"}""",
            "/v1/runs/batch" => """{"runs":[{"job":"test.job"}]}""",
            _ => null,
        };
        var took = Stopwatch.StartNew();

        var reply = await _api.SendAsync(new HttpMethod(method), path, body, "application/json");

        Assert.True(took.Elapsed < TimeSpan.FromSeconds(2), $"{method} {path} took {took.Elapsed}.");
        reply.ExpectProblem(503, "redis-unavailable");
        Assert.True(int.Parse(reply.Headers["Retry-After"], provider: null) > 0);
    }
}

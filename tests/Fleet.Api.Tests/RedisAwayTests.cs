using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
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
    public async Task RedisHangs_EveryRequestIsToldSoSoon_AndServedWhenItGoesOn()
    {
        // Redis accepts what is sent and answers nothing, as when its machine stalls.
        await _redis.FreezeAsync();
        await Task.WhenAll(Requests.Select(request => ExpectAwayAsync(_api, request.Method, request.Path)));
        Assert.Equal(200, (await _api.GetAsync("/livez")).Status);

        await _redis.ThawAsync();
        await ServedSoonAsync(_api);
    }

    [Fact]
    public async Task TheWayToRedisSwallowsEverything_EveryRequestIsToldSoSoon_AndServedSoonAfterwards()
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        await using var api = await ApiHost.StartAsync(_redis, ("Fleet:Redis", proxy.Address));
        proxy.Become(WireState.Swallowing);
        await Task.WhenAll(Requests.Select(request => ExpectAwayAsync(api, request.Method, request.Path)));
        // Until the process has found out; then with nothing to wait for.
        await Eventually.IsTrueAsync(() => !api.Services.GetRequiredService<RedisConnection>().IsConnected);
        foreach (var (method, path) in Requests) await ExpectAwayAsync(api, method, path);
        Assert.Equal(200, (await api.GetAsync("/livez")).Status);

        proxy.Become(WireState.Whole);
        await ServedSoonAsync(api);
    }

    [Fact]
    public async Task TheWayToRedisIsCut_EveryRequestIsToldSoSoon_AndServedSoonAfterwards()
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        await using var api = await ApiHost.StartAsync(_redis, ("Fleet:Redis", proxy.Address));
        proxy.Become(WireState.Cut);
        foreach (var (method, path) in Requests) await ExpectAwayAsync(api, method, path);

        proxy.Become(WireState.Whole);
        await ServedSoonAsync(api);
    }

    [Fact]
    public async Task RedisHangsInTheMiddleOfARequest_ThatRequestIsToldSoSoonToo()
    {
        using var body = new SlowLine();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs/batch") { Content = body };
        var answering = _api.SendAsync(request);
        await body.Begun.WaitAsync(Eventually.Patience);
        // What the request asks first is answered by then.
        await _api.GetAsync("/v1/workers");
        await _redis.FreezeAsync();
        var took = Stopwatch.StartNew();
        body.End();

        (await answering).ExpectProblem(503, "redis-unavailable");
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(2), $"It took {took.Elapsed}.");
    }

    private async Task ExpectAwayAsync()
    {
        foreach (var (method, path) in Requests) await ExpectAwayAsync(_api, method, path);
    }

    private static async Task ServedSoonAsync(ApiHost api)
    {
        var took = Stopwatch.StartNew();
        await Eventually.IsTrueAsync(async () => (await api.GetAsync("/readyz")).Status == 200);
        await Eventually.IsTrueAsync(async () => (await api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Status == 201);
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(5), $"It took {took.Elapsed}.");
    }

    private static async Task ExpectAwayAsync(ApiHost api, string method, string path)
    {
        var body = path switch
        {
            "/v1/runs" when method == "POST" => """{"job":"test.job"}""",
            "/v1/runs/batch" => """{"runs":[{"job":"test.job"}]}""",
            _ => null,
        };
        var took = Stopwatch.StartNew();

        var reply = await api.SendAsync(new HttpMethod(method), path, body, "application/json");

        Assert.True(took.Elapsed < TimeSpan.FromSeconds(2), $"{method} {path} took {took.Elapsed}.");
        reply.ExpectProblem(503, "redis-unavailable");
        Assert.True(int.Parse(reply.Headers["Retry-After"], provider: null) > 0);
    }

    /// <summary>One run as NDJSON, whose last byte is held back.</summary>
    private sealed class SlowLine : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SlowLine() => Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");

        public Task Begun => _begun.Task;

        public void End() => _end.TrySetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync("{\"job\":\"test.job\"}"u8.ToArray());
            await stream.FlushAsync();
            _begun.TrySetResult();
            await _end.Task;
            await stream.WriteAsync("\n"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Fleet.Engine.Redis;
using Fleet.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

/// <summary>What callers see while Redis is away, on a Redis that may be ended.</summary>
public sealed partial class RedisAwayTests : IAsyncLifetime
{
    /// <summary>What is answered without Redis, besides the console; the catalogue for some seconds.</summary>
    private static readonly string[] Independent = ["/v1/jobs", "/v1/config", "/v1/schedules/preview", "/v1/config", "/livez", "/metrics", "/openapi/{documentName}.json", "/v1/fault"];

    /// <summary>The bodies that requests need to get as far as Redis.</summary>
    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["POST /v1/runs"] = """{"job":"test.job"}""",
        ["POST /v1/runs/batch"] = """{"runs":[{"job":"test.job"}]}""",
        ["POST /v1/runs/bulk"] = """{"action":"delete","filter":{"job":"test.nobody"}}""",
        ["PUT /v1/schedules/{name}"] = """{"job":"test.job","every":60}""",
    };

    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _api = await StartAsync();
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
        await ExpectAwayAsync(_api);
        Assert.Equal(200, (await _api.GetAsync("/livez")).Status);

        await _redis.RestartAsync();

        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/readyz")).Status == 200);
        await Eventually.IsTrueAsync(async () => (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Status == 201);
        // Two that every endpoint's first request made, one of the set-up, and this one.
        Assert.Equal(4, (await _api.GetAsync("/v1/runs")).Expect(200).Items.Count);
    }

    [Fact]
    public async Task RedisHangs_EveryRequestIsToldSoSoon_AndServedWhenItGoesOn()
    {
        // Redis accepts what is sent and answers nothing, as when its machine stalls.
        await _redis.FreezeAsync();
        await ExpectAwayAsync(_api);
        Assert.Equal(200, (await _api.GetAsync("/livez")).Status);

        await _redis.ThawAsync();
        await ServedSoonAsync(_api);
    }

    [Fact]
    public async Task TheWayToRedisSwallowsEverything_EveryRequestIsToldSoSoon_AndServedSoonAfterwards()
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        await using var api = await StartAsync(("Fleet:Redis", proxy.Address));
        proxy.Become(WireState.Swallowing);
        await ExpectAwayAsync(api);
        // Until the process has found out; then with nothing to wait for.
        await Eventually.IsTrueAsync(() => !api.Services.GetRequiredService<RedisConnection>().IsConnected);
        await ExpectAwayAsync(api);
        Assert.Equal(200, (await api.GetAsync("/livez")).Status);

        proxy.Become(WireState.Whole);
        await ServedSoonAsync(api);
    }

    [Fact]
    public async Task TheWayToRedisIsCut_EveryRequestIsToldSoSoon_AndServedSoonAfterwards()
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        await using var api = await StartAsync(("Fleet:Redis", proxy.Address));
        proxy.Become(WireState.Cut);
        await ExpectAwayAsync(api);

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

    /// <summary>Asks every endpoint there is, all at once.</summary>
    private static Task ExpectAwayAsync(ApiHost api) => AskAllAsync(api, (method, route) => ExpectAwayAsync(api, method, route));

    /// <summary>Starts it, and has it answer everything once: what is compiled on the first request is not what is measured.</summary>
    private async Task<ApiHost> StartAsync(params (string Key, string Value)[] settings)
    {
        var api = await ApiHost.StartAsync(_redis, settings);
        await AskAllAsync(api, (method, route) => AskAsync(api, method, route));
        return api;
    }

    private static Task AskAllAsync(ApiHost api, Func<string, string, Task> askAsync)
    {
        var requests = (from endpoint in api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
                        from method in endpoint.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods
                        let route = endpoint.RoutePattern.RawText!.TrimEnd('/')
                        where method != "HEAD" && !Independent.Contains(route) && !IsConsole(route)
                        select (Method: method, Route: route)).ToList();
        Assert.InRange(requests.Count, 20, int.MaxValue);
        return Task.WhenAll(requests.Select(request => askAsync(request.Method, request.Route)));
    }

    /// <summary>The console's pages and files; all else is the API, or what every service has.</summary>
    private static bool IsConsole(string route) => !route.StartsWith("/v1/", StringComparison.Ordinal) && route != "/readyz";

    private static Task<Reply> AskAsync(ApiHost api, string method, string route)
    {
        var path = Parameter().Replace(route.Replace("runs/{id}", $"runs/{RunId.New(0, 0)}", StringComparison.Ordinal), "nobody");
        return api.SendAsync(new HttpMethod(method), path, Bodies.GetValueOrDefault($"{method} {route}"), "application/json");
    }

    private static async Task ServedSoonAsync(ApiHost api)
    {
        var took = Stopwatch.StartNew();
        await Eventually.IsTrueAsync(async () => (await api.GetAsync("/readyz")).Status == 200);
        await Eventually.IsTrueAsync(async () => (await api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Status == 201);
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(5), $"It took {took.Elapsed}.");
    }

    private static async Task ExpectAwayAsync(ApiHost api, string method, string route)
    {
        var reply = await Eventually.WithinAsync(TimeSpan.FromSeconds(2), () => AskAsync(api, method, route), $"{method} {route}");
        Assert.True(reply.Status == 503, $"{method} {route} is answered with {reply.Status}: {reply.Content}");
        reply.ExpectProblem(503, "redis-unavailable");
        Assert.True(int.Parse(reply.Headers["Retry-After"], provider: null) > 0);
    }

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

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

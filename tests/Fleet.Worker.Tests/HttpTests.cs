using System.Net;
using System.Text.Json;
using Fleet.Worker.Http;
using Fleet.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Worker.Tests;

public sealed class HttpTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly JobBench _bench = new();
    private WebApplication _server = null!;
    private string _url = "";
    private int _requests;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Use(next => context =>
        {
            Interlocked.Increment(ref _requests);
            return next(context);
        });
        _server.Map("/echo", async (HttpRequest request) => Results.Json(new
        {
            method = request.Method,
            type = request.ContentType,
            body = await new StreamReader(request.Body).ReadToEndAsync(),
            custom = request.Headers["X-Custom"].ToString(),
        }));
        _server.MapGet("/status/{code:int}", (int code) => Results.Text($"answer {code}", statusCode: code));
        _server.MapGet("/size/{bytes:int}", (int bytes) => Results.Bytes(System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("日", bytes / 3))), "text/plain"));
        _server.MapGet("/redirect/{hops:int}", (int hops) => Results.Redirect(hops > 1 ? $"/redirect/{hops - 1}" : "/status/200"));
        _server.MapGet("/away", () => Results.Redirect("http://169.254.169.254/latest/meta-data/"));
        _server.MapGet("/to-localhost", (HttpRequest request) => Results.Redirect($"http://localhost:{request.Host.Port}/status/200"));
        _server.MapGet("/latin1", () => Results.Bytes([0xE4], "text/plain; charset=iso-8859-1"));
        _server.MapGet("/never", (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await _server.StartAsync();
        _url = _server.Urls.Single();
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Get_WithoutAnythingElse_ReturnsTheAnswer()
    {
        var output = await SendAsync(new { url = $"{_url}/status/200" });
        Assert.Equal(200, output.GetProperty("status").GetInt32());
        Assert.Equal("answer 200", output.GetProperty("body").GetString());
        Assert.Equal("text/plain; charset=utf-8", output.GetProperty("headers").GetProperty("content-type").GetString());
        Assert.False(output.GetProperty("truncated").GetBoolean());
        Assert.InRange(output.GetProperty("durationMs").GetInt64(), 0, 60_000);
    }

    [Theory]
    [InlineData("POST", "\"plain\"", null, "plain", "text/plain; charset=utf-8")]
    [InlineData("PUT", "{\"a\":1}", null, "{\"a\":1}", "application/json; charset=utf-8")]
    [InlineData("PATCH", "[1,2]", null, "[1,2]", "application/json; charset=utf-8")]
    [InlineData("DELETE", "null", null, "", null)]
    [InlineData("POST", "\"<a/>\"", "application/xml", "<a/>", "application/xml")]
    public async Task Request_WithBodyAndHeaders_ArrivesAsGiven(string method, string body, string? type, string expectedBody, string? expectedType)
    {
        var headers = new Dictionary<string, string> { ["X-Custom"] = "yes" };
        if (type is not null) headers["content-type"] = type;
        var output = await SendAsync(new { method, url = $"{_url}/echo", headers, body = JsonDocument.Parse(body).RootElement });
        var echo = JsonDocument.Parse(output.GetProperty("body").GetString()!).RootElement;
        Assert.Equal((method, expectedBody, expectedType, "yes"), (echo.GetProperty("method").GetString()!, echo.GetProperty("body").GetString(),
            echo.GetProperty("type").GetString(), echo.GetProperty("custom").GetString()));
    }

    [Theory]
    [InlineData(65_535, false)]
    [InlineData(65_538, true)] // 21,846 characters of three bytes: the last one does not fit and is not cut in two.
    [InlineData(1_000_000, true)]
    public async Task Body_Long_IsCutAt64KiB(int bytes, bool truncated)
    {
        var output = await SendAsync(new { url = $"{_url}/size/{bytes}" });
        Assert.Equal(new string('日', 21_845), output.GetProperty("body").GetString());
        Assert.Equal(truncated, output.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Body_InAnotherCharset_IsDecoded() =>
        Assert.Equal("ä", (await SendAsync(new { url = $"{_url}/latin1" })).GetProperty("body").GetString());

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(304)]
    public async Task Status_ThatARetryDoesNotMend_FailsForGood(int status) =>
        Assert.Contains($"answered {status}", await _bench.FailsForGoodAsync("http", new { url = $"{_url}/status/{status}" }), StringComparison.Ordinal);

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Status_ThatMayPass_FailsForNow(int status) =>
        Assert.Contains($"answered {status}", await _bench.FailsForNowAsync("http", new { url = $"{_url}/status/{status}" }), StringComparison.Ordinal);

    [Fact]
    public async Task Expect_Given_DecidesAlone()
    {
        Assert.Equal(404, (await SendAsync(new { url = $"{_url}/status/404", expect = new[] { 200, 404 } })).GetProperty("status").GetInt32());
        await _bench.FailsForGoodAsync("http", new { url = $"{_url}/status/200", expect = new[] { 204 } });
        Assert.Contains("999", await _bench.FailsForGoodAsync("http", new { url = _url, expect = new[] { 999 } }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_UpToFive_AreFollowed()
    {
        Assert.Equal("answer 200", (await SendAsync(new { url = $"{_url}/redirect/5" })).GetProperty("body").GetString());
        Assert.Contains("answered 302", await _bench.FailsForGoodAsync("http", new { url = $"{_url}/redirect/6" }), StringComparison.Ordinal);
        Assert.Equal(6 + 6, _requests);
    }

    [Fact]
    public async Task Redirect_ThatIsExpected_IsNotFollowed()
    {
        var output = await SendAsync(new { url = $"{_url}/redirect/2", expect = new[] { 302 } });
        Assert.Equal("/redirect/1", output.GetProperty("headers").GetProperty("location").GetString());
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task Server_ThatIsNotThere_FailsForNow() =>
        Assert.Contains("failed", await _bench.FailsForNowAsync("http", new { url = $"http://127.0.0.1:{RedisServer.FreePort()}/" }), StringComparison.Ordinal);

    [Fact]
    public async Task Answer_ThatDoesNotCome_FailsForNow() =>
        Assert.Contains("did not answer within 0.2 s", await _bench.FailsForNowAsync("http", new { url = $"{_url}/never", timeout = 0.2 }), StringComparison.Ordinal);

    [Fact]
    public async Task Request_Cancelled_Ends()
    {
        using var cancellation = new CancellationTokenSource();
        var sending = _bench.RunAsync("http", new { url = $"{_url}/never" }, cancellation: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData("""{"url":"/relative"}""", "absolute")]
    [InlineData("""{"url":"ftp://example.com/"}""", "absolute")]
    [InlineData("""{"url":"http://user:word@127.0.0.1/"}""", "Authorization")]
    [InlineData("""{"url":"http://127.0.0.1/","method":"BREW"}""", "method")]
    [InlineData("""{"url":"http://127.0.0.1/","headers":{"a b":"c"}}""", "'a b'")]
    [InlineData("""{"url":"http://127.0.0.1/","headers":{"a":"b\r\nc: d"}}""", "'a'")]
    [InlineData("""{"url":"http://127.0.0.1/","timeout":0}""", "timeout")]
    [InlineData("""{}""", "url")]
    public async Task Input_ThatCannotBeSent_FailsForGood(string input, string says) =>
        Assert.Contains(says, await _bench.FailsForGoodAsync("http", input), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[::ffff:169.254.169.254]/")]
    [InlineData("http://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("http://2852039166/")] // 169.254.169.254 as one number.
    public async Task Address_LinkLocal_IsNeverAsked(string url) =>
        Assert.Contains("may not connect", await _bench.FailsForGoodAsync("http", new { url, timeout = 5 }), StringComparison.Ordinal);

    [Fact]
    public async Task Redirect_ToALinkLocalAddress_IsNotFollowed() =>
        Assert.Contains("may not connect", await _bench.FailsForGoodAsync("http", new { url = $"{_url}/away" }), StringComparison.Ordinal);

    [Fact]
    public async Task PrivateAddresses_NotAllowed_AreNotAsked()
    {
        await using var bench = new JobBench(("Http:AllowPrivateAddresses", "false"));
        foreach (var host in new[] { "127.0.0.1", "localhost", "[::1]", "10.1.2.3", "172.16.0.1", "192.168.1.1", "[fd00::1]", "0.0.0.0" })
            Assert.Contains("may not connect", await bench.FailsForGoodAsync("http", new { url = $"http://{host}:{new Uri(_url).Port}/status/200" }), StringComparison.Ordinal);
        Assert.Equal(0, _requests);
    }

    [Fact]
    public async Task AllowedHosts_Set_HoldForRedirectsToo()
    {
        await using var bench = new JobBench(("Http:AllowedHosts", "127.0.0.1, *.example.com"));
        await bench.RunAsync("http", new { url = $"{_url}/status/200" });
        foreach (var url in new[] { $"{_url}/to-localhost", "http://example.com/", "http://example.com.evil.test/", "http://localhost/" })
            Assert.Contains("AllowedHosts", await bench.FailsForGoodAsync("http", new { url }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true, true)]
    [InlineData("2606:4700::1111", true, true)]
    [InlineData("127.0.0.1", true, false)]
    [InlineData("::ffff:10.0.0.1", true, false)]
    [InlineData("172.32.0.1", true, true)]
    [InlineData("fe80::1%3", false, false)]
    [InlineData("fd00:ec2::254", false, false)]
    [InlineData("fd00::1", true, false)]
    [InlineData("168.63.129.16", false, false)]
    public void Allow_Address_DependsOnItsKind(string address, bool withPrivate, bool withoutPrivate)
    {
        Assert.Equal(withPrivate, AddressRules.Allow(IPAddress.Parse(address), privateOnes: true));
        Assert.Equal(withoutPrivate, AddressRules.Allow(IPAddress.Parse(address), privateOnes: false));
    }

    private Task<JsonElement> SendAsync(object input) => _bench.RunAsync("http", input);
}

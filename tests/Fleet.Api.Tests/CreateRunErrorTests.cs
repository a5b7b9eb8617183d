using System.Net;
using System.Net.Sockets;
using System.Text;
using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class CreateRunErrorTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis, ("Fleet:Limits:PayloadBytes", "2048"));

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("  \n")]
    [InlineData("{")]
    [InlineData("""{"job":"test.job",}""")]
    [InlineData("""{"job":"test.job"} x""")]
    [InlineData("""{"job":"test.job","input":"\ud800"}""")]
    [InlineData("""{"job":"test.job","input":{"\udc00":1}}""")]
    [InlineData("not json")]
    public async Task Post_NotJson_IsInvalidJson(string body) => (await _api.PostAsync("/v1/runs", body)).ExpectProblem(400, "invalid-json");

    [Fact]
    public async Task Post_NotUtf8_IsInvalidJson()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs")
        {
            Content = new ByteArrayContent([.. """{"job":"test.job","input":" """u8, 0xC3, 0x28, .. "\"}"u8]),
        };
        request.Content.Headers.ContentType = new("application/json");

        Assert.Contains("UTF-8", (await _api.SendAsync(request)).ExpectProblem(400, "invalid-json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TooDeep_IsInvalidJson()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 100)) + string.Concat(Enumerable.Repeat("]", 100));

        (await _api.PostAsync("/v1/runs", $$"""{"job":"test.job","input":{{deep}}}""")).ExpectProblem(400, "invalid-json");
    }

    [Fact]
    public async Task Post_NotJson_SaysWhere() =>
        Assert.StartsWith("At line 2, byte 8:", (await _api.PostAsync("/v1/runs", "{\n\"job\": oops}")).ExpectProblem(400, "invalid-json"), StringComparison.Ordinal);

    [Theory]
    [InlineData("[]", "$", "must be a JSON object, not an array")]
    [InlineData("null", "$", "must be a JSON object, not null")]
    [InlineData("{}", "job", "is required")]
    [InlineData("""{"job":""}""", "job", "is required")]
    [InlineData("""{"job":7}""", "job", "must be a string, not 7")]
    [InlineData("""{"job":"test.job","queue":"No Good"}""", "queue", "must be lower-case letters")]
    [InlineData("""{"job":"test.job","priority":"urgent"}""", "priority", "must be one of critical, high, normal, low")]
    [InlineData("""{"job":"test.job","priority":1}""", "priority", "must be one of critical, high, normal, low")]
    [InlineData("""{"job":"test.job","delay":-1}""", "delay", "must not be negative")]
    [InlineData("""{"job":"test.job","delay":"soon"}""", "delay", "must be a number of seconds or \"hh:mm:ss\"")]
    [InlineData("""{"job":"test.job","delay":400000000}""", "delay", "must be at most 3650 days")]
    [InlineData("""{"job":"test.job","delay":5,"at":"2190-01-01T00:00:00Z"}""", "delay", "must not be given together with at")]
    [InlineData("""{"job":"test.job","at":"tomorrow"}""", "at", "must be a timestamp")]
    [InlineData("""{"job":"test.job","at":"9000-01-01T00:00:00Z"}""", "at", "must be before the year 2200")]
    [InlineData("""{"job":"test.job","maxAttempts":0}""", "maxAttempts", "must be from 1 to 100, not 0")]
    [InlineData("""{"job":"test.job","maxAttempts":101}""", "maxAttempts", "must be from 1 to 100, not 101")]
    [InlineData("""{"job":"test.job","maxAttempts":"3"}""", "maxAttempts", "must be a whole number, not a string")]
    [InlineData("""{"job":"test.job","maxAttempts":1.5}""", "maxAttempts", "must be a whole number, not 1.5")]
    [InlineData("""{"job":"test.job","backoff":{"kind":"linear","delay":-1}}""", "backoff.delay", "must be from 0 to 365 days")]
    [InlineData("""{"job":"test.job","backoff":{"kind":"list"}}""", "backoff.delays", "must hold 1 to 100 durations")]
    [InlineData("""{"job":"test.job","backoff":{"kind":"never"}}""", "backoff.kind", "must be one of exponential, fixed, linear, list")]
    [InlineData("""{"job":"test.job","backoff":{"base":2}}""", "backoff.base", "is not a field of the request.")]
    [InlineData("""{"job":"test.job","timeout":0}""", "timeout", "must be longer than 0")]
    [InlineData("""{"job":"test.job","expiresAt":"9000-01-01T00:00:00Z"}""", "expiresAt", "must be before the year 2200")]
    [InlineData("""{"job":"test.job","at":"2190-01-01T00:00:00Z","expiresAt":"2189-01-01T00:00:00Z"}""", "expiresAt", "must be later than at")]
    [InlineData("""{"job":"test.job","tags":"x"}""", "tags", "must be an array, not a string")]
    [InlineData("""{"job":"test.job","tags":["ok",null]}""", "tags[1]", "must be a string, not null")]
    [InlineData("""{"job":"test.job","tags":["ok",{}]}""", "tags[1]", "must be a string, not an object")]
    [InlineData("""{"job":"test.job","tags":[""]}""", "tags[0]", "must have 1 to 64 characters; it has 0")]
    [InlineData("""{"job":"test.job","meta":[]}""", "meta", "must be an object, not an array")]
    [InlineData("""{"job":"test.job","meta":{"k":1}}""", "meta.k", "must be a string, not 1")]
    [InlineData("""{"job":"test.job","meta":{"k":null}}""", "meta.k", "must be a string, not null")]
    [InlineData("""{"job":"test.job","unique":"x"}""", "unique", "must be an object, not a string")]
    [InlineData("""{"job":"test.job","unique":{}}""", "unique.key", "is required")]
    [InlineData("""{"job":"test.job","unique":{"key":"k","for":0}}""", "unique.for", "must be longer than 0")]
    [InlineData("""{"job":"test.job","unique":{"key":"k","scope":"ever"}}""", "unique.scope", "must be one of active, queued")]
    [InlineData("""{"job":"test.job","unique":{"key":"k","scope":null}}""", "unique.scope", "not null")]
    [InlineData("""{"job":"test.job","unique":{"kee":"k","key":"k"}}""", "unique.kee", "is not a field of the request. Did you mean 'key'?")]
    [InlineData("""{"job":"test.job","inputs":{}}""", "inputs", "is not a field of the request. Did you mean 'input'?")]
    [InlineData("""{"job":"test.job","Input":{}}""", "Input", "is not a field of the request. Did you mean 'input'?")]
    [InlineData("""{"job":"text.stats"}""", "input.text", "is required")]
    [InlineData("""{"job":"text.stats","input":[]}""", "input", "must be an object, not an array")]
    [InlineData("""{"job":"text.stats","input":{"text":"x","seconds":-1}}""", "input.seconds", "must be at least 0, not -1")]
    [InlineData("""{"job":"text.stats","input":{"text":"x","secnds":1}}""", "input.secnds", "is not a field of this input. Did you mean 'seconds'?")]
    public async Task Post_OneFault_NamesTheFieldAndSaysWhatIsWrong(string body, string field, string reason) =>
        Assert.Contains(reason, (await _api.PostAsync("/v1/runs", body)).ExpectFields(field)[field], StringComparison.Ordinal);

    [Fact]
    public async Task Post_Faults_AreTheDetailsSentences() =>
        Assert.Equal(
            "bogus is not a field of the request. inputs is not a field of the request. Did you mean 'input'? delay must not be negative.",
            (await _api.PostAsync("/v1/runs", """{"job":"test.job","bogus":1,"inputs":{},"delay":-1}""")).ExpectProblem(422, "invalid-input"));

    [Fact]
    public async Task Post_ManyFaults_NamesThemAll()
    {
        const string Body = """
            {"job":"text.stats","input":{"seconds":"5","mode":"word"},"prioritee":"low","priority":"x","delay":-3,"maxAttempts":1000,
             "tags":[1,"ok"],"meta":{"a":true},"unique":{"for":"x"},"at":7}
            """;

        (await _api.PostAsync("/v1/runs", Body)).ExpectFields(
            "prioritee", "priority", "delay", "maxAttempts", "tags[0]", "meta.a", "unique.for", "at", "input.text", "input.seconds", "input.mode");
    }

    [Fact]
    public async Task Post_TooMuchOfAList_SaysHowMuchThereMayBe()
    {
        var tags = string.Join(",", Enumerable.Range(0, 21).Select(i => $"\"t{i}\""));
        var meta = string.Join(",", Enumerable.Range(0, 51).Select(i => $"\"k{i}\":\"v\""));
        var key = new string('k', 257);
        var errors = (await _api.PostAsync("/v1/runs", $$"""{"job":"test.job","tags":[{{tags}}],"meta":{ {{meta}} },"unique":{"key":"{{key}}" } }"""))
            .ExpectFields("tags", "meta", "unique.key");

        Assert.Equal("may hold 20 tags; it holds 21", errors["tags"]);
        Assert.Equal("may hold 50 entries; it holds 51", errors["meta"]);
        Assert.Equal("must have at most 256 characters; it has 257", errors["unique.key"]);
    }

    [Fact]
    public async Task Post_TooLong_SaysHowLongItMayBe()
    {
        var errors = (await _api.PostAsync("/v1/runs",
            $$"""{"job":"test.job","tags":["{{new string('t', 65)}}"],"meta":{"k":"{{new string('v', 8192)}}"} }""")).ExpectFields("tags[0]", "meta");

        Assert.Equal("must have 1 to 64 characters; it has 65", errors["tags[0]"]);
        Assert.Equal("may hold 8192 bytes of keys and values; it holds 8193", errors["meta"]);
    }

    [Theory]
    [InlineData("text.stat", "Did you mean 'text.stats'?")]
    [InlineData("stats", "Did you mean 'text.stats'?")]
    [InlineData("No Such Job!", "The jobs there are: test.job, text.stats.")]
    public async Task Post_UnknownJob_NamesTheNearest(string job, string hint)
    {
        var reply = await _api.PostAsync("/v1/runs", $$"""{"job":"{{job}}","maxAttempts":0}""");

        Assert.Contains(hint, reply.ExpectProblem(422, "unknown-job"), StringComparison.Ordinal);
        Assert.True(reply.Json.GetProperty("errors").TryGetProperty("maxAttempts", out _));
    }

    [Fact]
    public async Task Post_InputOverTheLimit_NamesLimitAndSize()
    {
        var fits = $$"""{"job":"test.job","input":"{{new string('x', 2046)}}"}""";
        var tooLarge = $$"""{"job":"test.job","input":"{{new string('x', 2047)}}"}""";

        (await _api.PostAsync("/v1/runs", fits)).Expect(201);
        var detail = (await _api.PostAsync("/v1/runs", tooLarge)).ExpectProblem(413, "payload-too-large");
        Assert.Contains("2049", detail, StringComparison.Ordinal);
        Assert.Contains("2048", detail, StringComparison.Ordinal);
        Assert.Contains("Fleet:Limits:PayloadBytes", detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_BodyOverTheLimit_IsRefused(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"job":"test.job","input":"{{new string('x', 100_000)}}"}""")),
        };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = isChunked;

        Assert.Contains("67584", (await _api.SendAsync(request)).ExpectProblem(413, "payload-too-large"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Post_AnotherMediaType_IsRefused(string? mediaType) =>
        Assert.Contains("application/json",
            (await _api.SendAsync(HttpMethod.Post, "/v1/runs", """{"job":"test.job"}""", mediaType)).ExpectProblem(415, "unsupported-media-type"),
            StringComparison.Ordinal);

    [Fact]
    public async Task Post_JsonWithCharset_IsRead() =>
        (await _api.SendAsync(HttpMethod.Post, "/v1/runs", """{"job":"test.job"}""", "application/json; charset=utf-8")).Expect(201);

    [Fact]
    public async Task Post_IdempotencyKeyTooLong_IsRefused() =>
        (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""", ("Idempotency-Key", new string('k', 257)))).ExpectFields("Idempotency-Key");

    [Fact]
    public async Task UnknownRoute_IsNotFound() =>
        Assert.Contains("/v1/nothing", (await _api.GetAsync("/v1/nothing")).ExpectProblem(404, "not-found"), StringComparison.Ordinal);

    [Fact]
    public async Task WrongMethod_SaysWhichItTakes()
    {
        var reply = await _api.SendAsync(HttpMethod.Put, "/v1/runs", "{}", "application/json");

        reply.ExpectProblem(405, "method-not-allowed");
        Assert.Contains("POST", reply.Headers["Allow"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fault_IsInternalError_WithoutItsWords() =>
        Assert.DoesNotContain("secret", (await _api.GetAsync("/v1/fault")).ExpectProblem(500, "internal-error"), StringComparison.Ordinal);

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/events")]
    [InlineData("GET", "/wait?timeout=0")]
    [InlineData("POST", "/cancel")]
    [InlineData("POST", "/retry")]
    [InlineData("POST", "/fork")]
    [InlineData("DELETE", "")]
    public async Task UnknownRun_WhateverTheIdIs_IsNotFound(string method, string rest)
    {
        string[] ids = [$"{RunId.New(0, 0)}", $"{RunId.New(0, 900)}", "nonsense", "0", new string('Z', 26), "%F0%9F%98%80"];
        foreach (var id in ids) (await _api.SendAsync(new HttpMethod(method), $"/v1/runs/{id}{rest}")).ExpectProblem(404, "unknown-run");
    }

    [Fact]
    public async Task ClientThatLeaves_HarmsNobody()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _api.Client.BaseAddress!.Port);
            await socket.GetStream().WriteAsync("POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        }

        (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Expect(201);
    }
}

using System.Text;
using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class BatchTests(RedisServer redis) : IAsyncLifetime
{
    private const string Lines = "application/x-ndjson";
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("application/json")]
    [InlineData(Lines)]
    public async Task Post_TenThousand_TakesThemInOrder(string mediaType)
    {
        var reply = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", Batch(mediaType, 10_000), mediaType)).Expect(201);

        var ids = reply.Json.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).ToList();
        Assert.Equal(10_000, ids.Distinct().Count());
        Assert.Equal(0, reply.Json.GetProperty("rejected").GetArrayLength());
        foreach (var index in new[] { 0, 1, 4_999, 9_999 })
            Assert.Equal(index, (await _api.GetAsync($"/v1/runs/{ids[index]}")).Expect(200).Json.GetProperty("input").GetProperty("n").GetInt32());
        Assert.Equal(10_000, (await _api.Services.GetRequiredService<StatsReader>().CountsAsync())["queued"]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(Lines)]
    public async Task Post_OneTooMany_TakesNone(string mediaType)
    {
        var detail = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", Batch(mediaType, 10_001), mediaType)).ExpectProblem(413, "payload-too-large");

        Assert.Contains("Fleet:Limits:BatchRuns", detail, StringComparison.Ordinal);
        Assert.Equal(0, (await _api.Services.GetRequiredService<StatsReader>().CountsAsync())["queued"]);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData(Lines)]
    public async Task Post_SomeBad_RejectsThoseWithTheirProblems(string mediaType)
    {
        string[] runs =
        [
            """{"job":"test.job","input":0}""",
            """{"job":"nobody"}""",
            """{"job":"test.job","delay":-1,"tgas":[]}""",
            """{"job":"test.job","input":3}""",
            "17",
            """{"job":"text.stats","input":{}}""",
            """{"job":"test.job","input":6}""",
        ];
        var body = mediaType == Lines ? string.Join('\n', runs) : $$"""{"runs":[{{string.Join(',', runs)}}]}""";

        var reply = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", body, mediaType)).Expect(201);

        Assert.Equal(3, reply.Json.GetProperty("ids").GetArrayLength());
        Assert.Equal("6", (await _api.GetAsync($"/v1/runs/{reply.Json.GetProperty("ids")[2].GetString()}")).Json.GetProperty("input").GetRawText());
        Assert.Equal(
            ["1 unknown-job job", "2 invalid-input tgas,delay", "4 invalid-input $", "5 invalid-input input.text"],
            reply.Json.GetProperty("rejected").EnumerateArray().Select(Describe));
    }

    [Fact]
    public async Task Post_LinesThatAreNotJson_RejectsThose()
    {
        const string Body = "\n{\"job\":\"test.job\"}\r\n\n  \noops\n{\"job\":\n{\"job\":\"test.job\"}";

        var reply = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", Body, Lines)).Expect(201);

        Assert.Equal(2, reply.Json.GetProperty("ids").GetArrayLength());
        Assert.Equal(["1 invalid-json ", "2 invalid-json "], reply.Json.GetProperty("rejected").EnumerateArray().Select(Describe));
    }

    [Fact]
    public async Task Post_LineTooLong_RejectsItAndGoesOn()
    {
        var tooLong = $$"""{"job":"test.job","input":"{{new string('x', 2 * 1024 * 1024)}}"}""";

        var reply = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", $"{{\"job\":\"test.job\"}}\n{tooLong}\n{{\"job\":\"test.job\"}}\n{tooLong}", Lines)).Expect(201);

        Assert.Equal(2, reply.Json.GetProperty("ids").GetArrayLength());
        Assert.Equal(["1 payload-too-large ", "3 payload-too-large "], reply.Json.GetProperty("rejected").EnumerateArray().Select(Describe));
    }

    [Fact]
    public async Task Post_LinesBeyondTheServersOwnLimit_AreTakenAsTheyCome()
    {
        // 40 MB: more than the server lets through by itself, and more than is held back.
        var input = new string('x', 1_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs/batch") { Content = new LinesContent(40, $$"""{"job":"test.job","input":"{{input}}"}""") };

        var reply = (await _api.SendAsync(request)).Expect(201);

        Assert.Equal(40, reply.Json.GetProperty("ids").GetArrayLength());
    }

    [Fact]
    public async Task Post_TooManyLinesAfterSomeAreStored_RejectsTheRest()
    {
        await using var small = await ApiHost.StartAsync(redis, ("Fleet:Limits:BatchRuns", "12"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/runs/batch")
        {
            Content = new LinesContent(20, $$"""{"job":"test.job","input":"{{new string('x', 1_000_000)}}"}"""),
        };

        var reply = (await small.SendAsync(request)).Expect(201);

        Assert.Equal(12, reply.Json.GetProperty("ids").GetArrayLength());
        Assert.Equal(["12 payload-too-large "], reply.Json.GetProperty("rejected").EnumerateArray().Select(Describe));
    }

    [Theory]
    [InlineData("""{"runs":[]}""", "application/json")]
    [InlineData("", Lines)]
    public async Task Post_Empty_TakesNone(string body, string mediaType)
    {
        var reply = (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", body, mediaType)).Expect(201);

        Assert.Equal("""{"ids":[],"rejected":[]}""", reply.Content);
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{}", "runs")]
    [InlineData("""{"runs":7}""", "runs")]
    [InlineData("""{"runs":null}""", "runs")]
    [InlineData("""{"runs":[],"runz":[]}""", "runz")]
    public async Task Post_NoBatch_SaysWhatIsWrong(string body, string field) => (await _api.PostAsync("/v1/runs/batch", body)).ExpectFields(field);

    [Fact]
    public async Task Post_NotJson_IsInvalidJson() => (await _api.PostAsync("/v1/runs/batch", """{"runs":[""")).ExpectProblem(400, "invalid-json");

    [Fact]
    public async Task Post_AnotherMediaType_IsRefused() =>
        (await _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", "{}", "text/csv")).ExpectProblem(415, "unsupported-media-type");

    [Fact]
    public async Task Post_DocumentOverTheLimit_IsRefused()
    {
        await using var small = await ApiHost.StartAsync(redis, ("Fleet:Api:BatchBytes", "1024"));

        Assert.Contains("Fleet:Api:BatchBytes",
            (await small.PostAsync("/v1/runs/batch", Batch("application/json", 100))).ExpectProblem(413, "payload-too-large"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_SameIdempotencyKey_StoresNothingTwice()
    {
        const string Body = """{"runs":[{"job":"test.job","input":1},{"job":"test.job","input":1},{"job":"nobody"}]}""";
        var first = (await _api.PostAsync("/v1/runs/batch", Body, ("Idempotency-Key", "batch"))).Expect(201);

        var again = (await _api.PostAsync("/v1/runs/batch", Body, ("Idempotency-Key", "batch"))).Expect(201);

        Assert.Equal(2, first.Json.GetProperty("ids").EnumerateArray().Select(id => id.GetString()).Distinct().Count());
        Assert.Equal(first.Content, again.Content);
    }

    [Theory]
    [InlineData("""{"runs":[{"job":"test.job","input":1},{"job":"test.job","input":3}]}""")]
    [InlineData("""{"runs":[{"job":"test.job","input":1}]}""")]
    [InlineData("""{"runs":[{"job":"test.job","input":1},{"job":"test.job","input":2},{"job":"test.job","input":3}]}""")]
    public async Task Post_SameIdempotencyKeyWithAnotherBody_IsRefusedAsAWhole(string other)
    {
        const string Body = """{"runs":[{"job":"test.job","input":1},{"job":"test.job","input":2}]}""";
        var key = Guid.NewGuid().ToString();
        (await _api.PostAsync("/v1/runs/batch", Body, ("Idempotency-Key", key))).Expect(201);
        var before = (await _api.GetAsync("/v1/stats")).Json.GetProperty("counts").GetProperty("queued").GetInt64();

        (await _api.PostAsync("/v1/runs/batch", other, ("Idempotency-Key", key))).ExpectProblem(422, "idempotency-conflict");
        (await _api.PostAsync("/v1/runs", """{"job":"test.job","input":1}""", ("Idempotency-Key", key))).ExpectProblem(422, "idempotency-conflict");

        Assert.Equal(before, (await _api.GetAsync("/v1/stats")).Json.GetProperty("counts").GetProperty("queued").GetInt64());
    }

    [Fact]
    public async Task Post_IdempotencyKeyOfASingleRun_IsRefused()
    {
        (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""", ("Idempotency-Key", "single"))).Expect(201);
        (await _api.PostAsync("/v1/runs/batch", """{"runs":[{"job":"test.job"}]}""", ("Idempotency-Key", "single"))).ExpectProblem(422, "idempotency-conflict");
    }

    [Fact]
    public async Task Post_ABatchTooLargeToBeHeld_ConflictsFromWhereItDiffersOn()
    {
        var line = $$"""{"job":"test.job","input":"{{new string('x', 900_000)}}"}""" + "\n";
        var body = string.Concat(Enumerable.Repeat(line, 12));
        Task<Reply> SendAsync(string last) => _api.SendAsync(HttpMethod.Post, "/v1/runs/batch", body + last, Lines, ("Idempotency-Key", "large"));
        (await SendAsync("""{"job":"test.job","input":1}""")).Expect(201);

        var other = (await SendAsync("""{"job":"test.job","input":2}""")).Expect(201);

        Assert.Equal(["12 idempotency-conflict "], other.Json.GetProperty("rejected").EnumerateArray().Select(Describe));
    }

    private static string Batch(string mediaType, int count)
    {
        var runs = Enumerable.Range(0, count).Select(n => $$"""{"job":"test.job","input":{"n":{{n}} } }""");
        return mediaType == Lines ? string.Join('\n', runs) : $$"""{"runs":[{{string.Join(',', runs)}}]}""";
    }

    /// <summary>A rejected run in short: index, slug, fields.</summary>
    private static string Describe(JsonElement rejected)
    {
        var problem = rejected.GetProperty("problem");
        var fields = problem.TryGetProperty("errors", out var errors) ? string.Join(',', errors.EnumerateObject().Select(error => error.Name)) : "";
        return $"{rejected.GetProperty("index").GetInt32()} {problem.GetProperty("type").GetString()!["urn:fleet:".Length..]} {fields}";
    }

    /// <summary>Sends the same line many times without ever having all of them.</summary>
    private sealed class LinesContent : HttpContent
    {
        private readonly int _count;
        private readonly byte[] _line;

        public LinesContent(int count, string line)
        {
            _count = count;
            _line = Encoding.UTF8.GetBytes(line + "\n");
            Headers.ContentType = new(Lines);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            for (var i = 0; i < _count; i++) await stream.WriteAsync(_line);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

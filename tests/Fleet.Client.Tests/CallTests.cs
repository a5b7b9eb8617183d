using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Client.Tests;

/// <summary>Single calls: what they send, and what they make of the answer.</summary>
public sealed class CallTests : IAsyncLifetime, IDisposable
{
    private static readonly RunId Id = RunId.New(1_770_000_000_000, 0);
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));
    private ScriptedServer _server = null!;
    private FleetClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await ScriptedServer.StartAsync();
        _client = new FleetClient(_server.Address, new FleetClientOptions { ReconnectDelay = TimeSpan.FromMilliseconds(1) });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _timeout.Dispose();
    }

    [Fact]
    public async Task Submit_WithKey_SendsItAndReadsTheRun()
    {
        _server.ThenJson(Run("queued"), 201);

        var submission = await _client.SubmitAsync(
            new NewRun { Job = "text.stats", Input = JsonElement.Parse("""{"text":"ä"}"""), Delay = TimeSpan.FromMinutes(5) }, "order-7", _timeout.Token);

        Assert.False(submission.Deduplicated);
        Assert.Equal((Id, RunState.Queued), (submission.Run.Id, submission.Run.State));
        var request = Assert.Single(_server.Requests);
        Assert.Equal(("POST", "/v1/runs", "order-7"), (request.Method, request.Target, request.Headers["Idempotency-Key"]));
        Assert.StartsWith("application/json", request.Headers["Content-Type"], StringComparison.Ordinal);
        var sent = JsonSerializer.Deserialize<NewRun>(request.Body, FleetJson.Options)!;
        Assert.Equal(("text.stats", "ä", TimeSpan.FromMinutes(5)), (sent.Job, sent.Input!.Value.GetProperty("text").GetString(), sent.Delay));
    }

    [Fact]
    public async Task Submit_EarlierRun_SaysSo()
    {
        _server.Then(context =>
        {
            context.Response.Headers["Fleet-Deduplicated"] = "true";
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(Run("running"))).AsTask();
        });

        Assert.True((await _client.SubmitAsync(new NewRun { Job = "a" }, cancellation: _timeout.Token)).Deduplicated);
    }

    [Fact]
    public async Task Call_InvalidInput_ThrowsTheProblemWithItsFields()
    {
        _server.ThenJson(
            """{"type":"urn:fleet:invalid-input","title":"Invalid input","status":422,"detail":"Two fields.","errors":{"input.text":["is required"]}}""",
            422, "application/problem+json");

        var error = await Assert.ThrowsAsync<FleetApiException>(() => _client.SubmitAsync(new NewRun { Job = "a" }, cancellation: _timeout.Token));

        Assert.Equal("urn:fleet:invalid-input", error.Problem.Type);
        Assert.Equal(["is required"], error.Problem.Errors!["input.text"]);
        Assert.Equal("Invalid input: Two fields. (input.text: is required)", error.Message);
    }

    [Theory]
    [InlineData(502, "text/html", "<h1>Bad gateway</h1>", "<h1>Bad gateway</h1>")]
    [InlineData(500, "application/json", """{"oops":1}""", "oops")]
    [InlineData(403, "text/plain", "", "Fleet did not send")]
    public async Task Call_ErrorThatIsNotFleets_IsShownAsItCame(int status, string contentType, string body, string shown)
    {
        _server.ThenJson(body, status, contentType);

        var error = await Assert.ThrowsAsync<FleetApiException>(() => _client.GetRunAsync(Id, _timeout.Token));

        Assert.Equal(status, error.Status);
        Assert.Contains(shown, error.Problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<html>welcome</html>")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "null")]
    public async Task Call_AnswerThatIsNotFleets_IsRefused(string contentType, string body)
    {
        _server.ThenJson(body, 200, contentType);

        await Assert.ThrowsAsync<FleetApiException>(() => _client.GetRunAsync(Id, _timeout.Token));
    }

    [Fact]
    public async Task Call_NobodyListens_ThrowsAtOnce()
    {
        using var client = new FleetClient(new Uri($"http://127.0.0.1:{RedisServer.FreePort()}"));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetRunAsync(Id, _timeout.Token));
    }

    [Fact]
    public void Constructor_ClientWithoutAddress_SaysWhatToDo()
    {
        using var http = new HttpClient();

        Assert.Contains("BaseAddress", Assert.Throws<ArgumentException>(() => new FleetClient(http)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_AddressWithPath_KeepsThePath()
    {
        using var http = new HttpClient { BaseAddress = new Uri(_server.Address, "/fleet") };
        using var client = new FleetClient(http);
        _server.ThenJson(Run("queued"));

        await client.GetRunAsync(Id, _timeout.Token);

        Assert.Equal($"/fleet/v1/runs/{Id}", Assert.Single(_server.Requests).Target);
    }

    [Fact]
    public async Task ListAllRuns_SeveralPages_ReadsEachOnce()
    {
        _server.ThenJson($$"""{"items":[{{Run("queued")}},{{Run("queued")}}],"next":"a/b"}""").ThenJson($$"""{"items":[{{Run("queued")}}],"next":null}""");

        var query = new RunQuery { State = RunState.Queued, Job = "a", Tag = "ü&", Schedule = "s", Limit = 2, Since = DateTimeOffset.UnixEpoch };
        var runs = await _client.ListAllRunsAsync(query, _timeout.Token).ToListAsync();

        Assert.Equal(3, runs.Count);
        const string Filter = "/v1/runs?state=queued&job=a&tag=%C3%BC%26&schedule=s&since=1970-01-01T00%3A00%3A00.000Z&limit=2";
        Assert.Equal([Filter, Filter + "&cursor=a%2Fb"], _server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task AllEvents_SeveralPages_AsksForWhatComesAfter()
    {
        _server.ThenJson("""{"items":[{"seq":1,"type":"queued","at":"2026-01-31T09:30:00Z","attempt":0,"data":null}],"next":"1"}""")
            .ThenJson("""{"items":[{"seq":2,"type":"started","at":"2026-01-31T09:30:01Z","attempt":1,"data":{"worker":"w"}}],"next":null}""");

        Assert.Equal([1, 2], (await _client.AllEventsAsync(Id, cancellation: _timeout.Token).ToListAsync()).Select(e => e.Seq));
        Assert.Equal([$"/v1/runs/{Id}/events", $"/v1/runs/{Id}/events?after=1"], _server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Wait_RunThatGoesOn_AsksUntilItsEnd()
    {
        _server.ThenJson(Run("running"), 202)
            .ThenJson("""{"type":"urn:fleet:unavailable","title":"Unavailable","status":503}""", 503, "application/problem+json")
            .ThenJson(Run("succeeded"));

        Assert.Equal(RunState.Succeeded, (await _client.WaitAsync(Id, cancellation: _timeout.Token)).State);
        Assert.Equal(3, _server.Requests.Count);
        Assert.All(_server.Requests, request => Assert.Equal($"/v1/runs/{Id}/wait?timeout=20", request.Target));
    }

    [Fact]
    public async Task Wait_TimeIsUp_ReturnsTheRunAsItIs()
    {
        _server.ThenJson(Run("running"), 202);

        Assert.Equal(RunState.Running, (await _client.WaitAsync(Id, TimeSpan.FromSeconds(1.5), _timeout.Token)).State);
        Assert.StartsWith($"/v1/runs/{Id}/wait?timeout=1.", Assert.Single(_server.Requests).Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_FinalRun_NeedsNoAnswer()
    {
        _server.Then(context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        await _client.DeleteAsync(Id, _timeout.Token);

        Assert.Equal(("DELETE", $"/v1/runs/{Id}"), (_server.Requests[0].Method, _server.Requests[0].Target));
    }

    private static string Run(string state) =>
        JsonSerializer.Serialize(new Run { Id = Id, Job = "a", Queue = "default", State = RunStates.Parse(state), Input = JsonElement.Parse("{}") }, FleetJson.Options);
}

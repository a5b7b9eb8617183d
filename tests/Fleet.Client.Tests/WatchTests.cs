using Fleet.Testing;
using static Fleet.Testing.ScriptedServer;

namespace Fleet.Client.Tests;

/// <summary>What a watcher can rely on: every event once and in order, whatever happens to its connections.</summary>
public sealed class WatchTests : IAsyncLifetime, IDisposable
{
    private static readonly RunId Id = RunId.New(1_770_000_000_000, 0);
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(30));
    private ScriptedServer _server = null!;

    public async Task InitializeAsync() => _server = await StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _timeout.Dispose();
    }

    [Fact]
    public async Task Watch_UnbrokenStream_YieldsEveryEventAndEnds()
    {
        _server.ThenEvents(Event(1, "queued"), Event(2, "started"), ": still here\n\n", Event(3, "succeeded", """{"output":{"words":2}}"""));

        var events = await WatchAsync();

        Assert.Equal([1, 2, 3], events.Select(e => e.Seq));
        Assert.Equal([EventType.Queued, EventType.Started, EventType.Succeeded], events.Select(e => e.Type));
        Assert.Equal(2, events[2].Data!.Value.GetProperty("output").GetProperty("words").GetInt32());
        var request = Assert.Single(_server.Requests);
        Assert.Equal($"/v1/runs/{Id}/stream", request.Target);
        Assert.DoesNotContain("Last-Event-ID", request.Headers.Keys);
    }

    [Fact]
    public async Task Watch_BrokenConnection_ResumesAfterTheLastEvent()
    {
        _server.ThenEventsAndBreak(last: 2, Event(1, "queued"), Event(2, "started"))
            .ThenEventsAndBreak(last: 3, Event(3, "log"))
            .ThenEvents(Event(4, "succeeded"));

        Assert.Equal([1, 2, 3, 4], (await WatchAsync()).Select(e => e.Seq));
        Assert.Equal([null, "2", "3"], _server.Requests.Select(r => r.Headers.GetValueOrDefault("Last-Event-ID")));
    }

    [Fact]
    public async Task Watch_ServerRepeatsEvents_YieldsNoneTwice()
    {
        _server.ThenEventsAndBreak(last: 2, Event(1, "queued"), Event(2, "started"))
            .ThenEvents(Event(1, "queued"), Event(2, "started"), Event(2, "started"), Event(3, "failed"));

        Assert.Equal([1, 2, 3], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_BrokenInTheMiddleOfAnEvent_YieldsItOnceAndWhole()
    {
        var cut = Event(2, "started");
        _server.ThenEventsAndBreak(last: 1, Event(1, "queued"), cut[..(cut.Length / 2)])
            .ThenEvents(Event(2, "started"), cut[..(cut.Length - 1)])
            .ThenEvents(Event(3, "succeeded"));

        Assert.Equal([1, 2, 3], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_EventsMissing_AsksAgainBeforeItGoesOn()
    {
        _server.ThenEvents(Event(1, "queued"), Event(4, "log"), Event(5, "succeeded"))
            .ThenEvents(Event(2, "started"), Event(3, "log"), Event(4, "log"), Event(5, "succeeded"));

        Assert.Equal([1, 2, 3, 4, 5], (await WatchAsync()).Select(e => e.Seq));
        Assert.Equal("1", _server.Requests[1].Headers["Last-Event-ID"]);
    }

    [Fact]
    public async Task Watch_EventsNoLongerKept_PassesOverThem()
    {
        _server.ThenEvents(Event(1, "queued"), Event(4, "log"))
            .ThenEvents(Event(4, "log"), Event(5, "succeeded"));

        Assert.Equal([1, 4, 5], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_AnnouncedGap_IsPassedOverAtOnce()
    {
        _server.ThenEvents(Event(1, "queued"), "event: gap\ndata: {\"after\":1}\n\n", Event(4, "log"), Event(5, "succeeded"));

        Assert.Equal([1, 4, 5], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_ServerStopsInGoodOrder_ConnectsAgain()
    {
        var interruptions = new List<WatchInterruption>();
        _server.ThenEvents(Event(1, "queued")).ThenEvents(Event(2, "cancelled"));

        Assert.Equal([1, 2], (await WatchAsync(interrupted: interruptions.Add)).Select(e => e.Seq));
        Assert.Null(Assert.Single(interruptions).Error);
    }

    [Fact]
    public async Task Watch_RetriedRun_GoesOnAfterTheEventThatWasFinal()
    {
        _server.ThenEvents(Event(1, "queued"), Event(2, "failed"), Event(3, "queued"), Event(4, "succeeded"));

        Assert.Equal([1, 2, 3, 4], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_NoContent_Ends()
    {
        _server.Then(context =>
        {
            context.Response.StatusCode = 204;
            return Task.CompletedTask;
        });

        Assert.Empty(await WatchAsync(after: 7));
        Assert.Equal("7", Assert.Single(_server.Requests).Headers["Last-Event-ID"]);
    }

    [Fact]
    public async Task Watch_UnknownEventType_IsPassedOver()
    {
        _server.ThenEvents(Event(1, "queued"), "event: weather\ndata: sunny\n\n", "data: nothing in particular\n\n", Event(2, "succeeded"));

        Assert.Equal([1, 2], (await WatchAsync()).Select(e => e.Seq));
    }

    [Fact]
    public async Task Watch_NoSuchRun_ThrowsTheProblem()
    {
        _server.ThenJson("""{"type":"urn:fleet:not-found","title":"Not found","status":404,"detail":"There is no such run."}""", 404, "application/problem+json");

        var error = await Assert.ThrowsAsync<FleetApiException>(() => WatchAsync());

        Assert.Equal(("urn:fleet:not-found", 404, "There is no such run."), (error.Problem.Type, error.Status, error.Problem.Detail));
    }

    [Fact]
    public async Task Watch_ServerUnavailable_TriesAgain()
    {
        var interruptions = new List<WatchInterruption>();
        _server.ThenJson("""{"type":"urn:fleet:unavailable","title":"Unavailable","status":503}""", 503, "application/problem+json")
            .ThenJson("<html>", 502, "text/html")
            .ThenEvents(Event(1, "skipped"));

        Assert.Single(await WatchAsync(interrupted: interruptions.Add));
        Assert.Equal([1, 2], interruptions.Select(i => i.Failures));
        Assert.Equal([503, 502], interruptions.Select(i => ((FleetApiException)i.Error!).Status));
    }

    [Fact]
    public async Task Watch_ServerRestarts_GoesOn()
    {
        var port = _server.Address.Port;
        var restarted = new TaskCompletionSource<ScriptedServer>();
        _server.Then(async context =>
        {
            await SendEventsAsync(context, Event(1, "queued"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var client = new FleetClient(_server.Address, Impatient());
        await using var events = client.WatchAsync(Id, 0, Refused, _timeout.Token).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        await _server.DisposeAsync();
        var next = events.MoveNextAsync();
        await using var second = await restarted.Task.WaitAsync(_timeout.Token);

        Assert.True(await next);
        Assert.Equal(2, events.Current.Seq);
        Assert.Equal("1", second.Requests[0].Headers["Last-Event-ID"]);

        // The second failure is one to connect: only then is the server there again.
        async void Refused(WatchInterruption interruption)
        {
            if (interruption.Failures == 2) restarted.SetResult((await StartAsync(port)).ThenEvents(Event(2, "succeeded")));
        }
    }

    [Fact]
    public async Task Watch_SilentConnection_CountsAsLost()
    {
        _server.Then(async context =>
        {
            await SendEventsAsync(context, Event(1, "queued"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }).ThenEvents(Event(2, "succeeded"));
        var options = Impatient();
        options.SilenceLimit = TimeSpan.FromSeconds(2);
        var interruptions = new List<WatchInterruption>();

        Assert.Equal([1, 2], (await WatchAsync(options: options, interrupted: interruptions.Add)).Select(e => e.Seq));
        Assert.IsType<TimeoutException>(Assert.Single(interruptions).Error);
    }

    [Fact]
    public async Task Watch_NobodyListens_GivesUpWhenTold()
    {
        var options = Impatient();
        options.GiveUpAfter = TimeSpan.FromMilliseconds(100);
        using var client = new FleetClient(new Uri($"http://127.0.0.1:{RedisServer.FreePort()}"), options);

        await Assert.ThrowsAsync<HttpRequestException>(async () => await client.WatchAsync(Id, cancellation: _timeout.Token).ToListAsync());
    }

    [Fact]
    public async Task Watch_Cancelled_Stops()
    {
        _server.Then(async context =>
        {
            await SendEventsAsync(context, Event(1, "queued"));
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var stop = new CancellationTokenSource();
        using var client = new FleetClient(_server.Address, Impatient());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.WatchAsync(Id, cancellation: stop.Token).WithCancellation(_timeout.Token)) await stop.CancelAsync();
        });
        Assert.False(_timeout.IsCancellationRequested);
    }

    private static FleetClientOptions Impatient() => new()
    {
        ReconnectDelay = TimeSpan.FromMilliseconds(1),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(20),
    };

    private async Task<List<RunEvent>> WatchAsync(long after = 0, FleetClientOptions? options = null, Action<WatchInterruption>? interrupted = null)
    {
        using var client = new FleetClient(_server.Address, options ?? Impatient());
        var events = new List<RunEvent>();
        await foreach (var item in client.WatchAsync(Id, after, interrupted, _timeout.Token))
        {
            events.Add(item);
            _server.Saw(item.Seq);
        }

        return events;
    }
}

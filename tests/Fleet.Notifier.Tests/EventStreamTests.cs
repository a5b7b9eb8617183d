using System.Net;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Notifier.Tests;

public sealed class EventStreamTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task RunStream_FromQueuedToSucceeded_TellsEveryEventAndEnds()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.ToString());
        Assert.True(stream.Response.Headers.CacheControl is { NoStore: true, NoTransform: true });
        Assert.Equal("no", Assert.Single(stream.Response.Headers.GetValues("X-Accel-Buffering")));

        var first = await stream.NextAsync();
        Assert.Equal(("1", "queued"), (first.EventId, first.EventType));
        Assert.Equal(TimeSpan.FromSeconds(2), stream.ReconnectionInterval);
        var run = await app.Driver.StartOneAsync();
        for (var line = 1; line <= 2000; line += 10) await app.Driver.LogAsync(run, line, 10);
        await app.Driver.FinishAsync([run]);

        for (var seq = 2; seq <= 2003; seq++)
        {
            var item = await stream.NextAsync();
            Assert.Equal($"{seq}", item.EventId);
            var news = JsonSerializer.Deserialize<RunEvent>(item.Data, FleetJson.Options)!;
            Assert.Equal((seq, item.EventType), (news.Seq, news.Type.Name()));
        }

        Assert.True(await stream.HasEndedAsync());
        await Eventually.IsTrueAsync(() => app.Watches == 0);
    }

    [Theory]
    [InlineData(null, "?after=2", 3)]
    [InlineData("3", "", 4)]
    [InlineData("4", "?after=1", 5)]
    public async Task RunStream_ComesBack_GoesOnAfterTheLastEvent(string? lastEventId, string query, int next)
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 3);
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream{query}", lastEventId);
        for (var seq = next; seq <= 5; seq++) Assert.Equal($"{seq}", (await stream.NextAsync()).EventId);
        await app.Driver.FinishAsync([run]);
        Assert.Equal("6", (await stream.NextAsync()).EventId);
        Assert.True(await stream.HasEndedAsync());
    }

    [Fact]
    public async Task RunStream_FinalRun_TellsItsTimelineAndThenThatThereIsNoMore()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        await app.Driver.SucceedOneAsync();
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        foreach (var type in new[] { "queued", "started", "succeeded" }) Assert.Equal(type, (await stream.NextAsync()).EventType);
        Assert.True(await stream.HasEndedAsync());

        using var again = new HttpRequestMessage(HttpMethod.Get, $"v1/runs/{id}/stream");
        again.Headers.Add("Last-Event-ID", "3");
        using var answer = await app.Http.SendAsync(again);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task RunStream_RetriedRun_DoesNotEndAtAnEarlierLifesEnd()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        await app.Driver.FinishAsync([await app.Driver.StartOneAsync()], AttemptOutcome.Failed);
        await app.Driver.RetryAsync(id);
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        foreach (var type in new[] { "queued", "started", "failed", "queued" }) Assert.Equal(type, (await stream.NextAsync()).EventType);
        await app.Driver.SucceedOneAsync();
        foreach (var type in new[] { "started", "succeeded" }) Assert.Equal(type, (await stream.NextAsync()).EventType);
        Assert.True(await stream.HasEndedAsync());
    }

    [Fact]
    public async Task RunStream_EarlierLifesEndAtAPagesEnd_DoesNotEndThere()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        // Queued, started, these and failed are the thousand that are read at a time.
        await app.Driver.LogAsync(run, 1, 997);
        await app.Driver.FinishAsync([run], AttemptOutcome.Failed);
        await app.Driver.RetryAsync(id);
        await app.Driver.SucceedOneAsync();
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        for (var seq = 1; seq <= 1003; seq++) Assert.Equal($"{seq}", (await stream.NextAsync()).EventId);
        Assert.True(await stream.HasEndedAsync());
    }

    [Fact]
    public async Task RunStream_LongFinalTimeline_IsToldWhole()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 2500);
        await app.Driver.FinishAsync([run]);
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        for (var seq = 1; seq <= 2503; seq++) Assert.Equal($"{seq}", (await stream.NextAsync()).EventId);
        Assert.True(await stream.HasEndedAsync());
    }

    [Fact]
    public async Task RunStream_TrimmedLog_SaysWhereEventsAreMissing()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Limits:LogEvents", "100"));
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 900);
        await using var stream = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream", lastEventId: "10");
        var gap = await stream.NextAsync();
        Assert.Equal(("gap", """{"after":10}"""), (gap.EventType, gap.Data));
        Assert.True(int.Parse((await stream.NextAsync()).EventId!, provider: null) > 11);
    }

    [Theory]
    [InlineData("v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV/stream", 404, "urn:fleet:unknown-run", "There is no run 01ARZ3NDEKTSV4RRFFQ69G5FAV.")]
    [InlineData("v1/runs/x/stream", 404, "urn:fleet:unknown-run", "a run id is 26 characters of Crockford base32")]
    [InlineData("v1/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV/stream?after=-1", 422, "urn:fleet:invalid-input", "after must be a whole number of at least 0.")]
    [InlineData("v1/feed/stream?limit=201", 422, "urn:fleet:invalid-input", "limit must be a whole number from 1 to 200.")]
    [InlineData("v1/feed/stream?cursor=x", 422, "urn:fleet:invalid-input", "cursor must be what next was in an earlier page of this list.")]
    [InlineData("v1/feed/stream?ids=01ARZ3NDEKTSV4RRFFQ69G5FAV,x", 422, "urn:fleet:invalid-input", "ids must be run ids, which 'x' is not.")]
    [InlineData("v1/feed/stream?state=runing", 422, "urn:fleet:invalid-input", "state must be one of scheduled, queued, running, succeeded, failed, cancelled, expired, skipped, not 'runing'.")]
    public async Task ABadRequest_IsAnsweredWithAProblem(string path, int status, string type, string words)
    {
        await using var app = await NotifierApp.StartAsync(redis);
        using var response = await app.Http.GetAsync(path);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonSerializer.Deserialize<FleetProblem>(await response.Content.ReadAsStringAsync(), FleetJson.Options)!;
        Assert.Equal((type, status), (problem.Type, problem.Status));
        Assert.Contains(words, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FeedStream_TellsASnapshotThenChanges()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var earlier = await app.Driver.EnqueueAsync("test.job", "blue");
        await app.Driver.EnqueueAsync("test.other", "blue");
        await using var stream = await EventStream.OpenAsync(app, "v1/feed/stream?state=queued,succeeded&state=failed&job=test.job&queue=&tag=blue");
        var first = await stream.NextAsync();
        Assert.Equal("snapshot", first.EventType);
        var snapshot = JsonSerializer.Deserialize<FeedSnapshot>(first.Data, FleetJson.Options)!;
        Assert.Equal(earlier, Assert.Single(snapshot.Runs).Id);
        Assert.Equal(2, snapshot.Counts["queued"]);

        await app.Driver.FinishAsync(await app.Driver.TakeAsync(2));
        var change = await stream.NextAsync("feed");
        var item = Assert.Single(JsonSerializer.Deserialize<IReadOnlyList<FeedItem>>(change.Data, FleetJson.Options)!);
        Assert.Equal((earlier, RunState.Succeeded), (item.Id, item.State));
    }

    [Fact]
    public async Task FeedStream_OfAPage_TellsWhatChangesOnItAndTheCounts()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var earlier = await app.Driver.EnqueueAsync();
        await using var stream = await EventStream.OpenAsync(app, "v1/feed/stream?limit=1");
        var snapshot = JsonSerializer.Deserialize<FeedSnapshot>((await stream.NextAsync()).Data, FleetJson.Options)!;
        Assert.Equal((earlier, null), (Assert.Single(snapshot.Runs).Id, snapshot.Next));

        var later = await app.Driver.EnqueueAsync();
        Assert.Contains(later.ToString(), (await stream.NextAsync("feed")).Data, StringComparison.Ordinal);
        var page = JsonSerializer.Deserialize<FeedPage>((await stream.NextAsync("page")).Data, FleetJson.Options)!;
        Assert.Equal((later, later.ToString()), (Assert.Single(page.Ids), page.Next));
        Assert.Contains("\"queued\":2", (await stream.NextAsync("counts")).Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AStreamWhereNothingHappens_SendsComments()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:Heartbeat", "00:00:01"));
        var id = await app.Driver.EnqueueAsync();
        using var response = await app.Http.GetAsync($"v1/runs/{id}/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(), Encoding.UTF8);
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        for (var comments = 0; comments < 2;)
        {
            if (await reader.ReadLineAsync(timeout.Token) == ":") comments++;
        }
    }

    [Fact]
    public async Task AReaderWhoLeaves_LeavesNoWatchBehind()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        await using (var run = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream"))
        await using (var feed = await EventStream.OpenAsync(app, "v1/feed/stream"))
        {
            await run.NextAsync();
            await feed.NextAsync();
            Assert.Equal(2, app.Watches);
        }

        await Eventually.IsTrueAsync(() => app.Watches == 0);
    }

    [Fact]
    public async Task TheNotifier_SaysHowItIs()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        Assert.Equal("alive\n", await app.Http.GetStringAsync("livez"));
        Assert.Equal("ready\n", await app.Http.GetStringAsync("readyz"));
        await using var stream = await EventStream.OpenAsync(app, "v1/feed/stream");
        Assert.Contains("fleet_live_watches{of=\"feed\"}", await app.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_EndsStreamsAndConnectionsAtOnce()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        await using var run = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        await using var feed = await EventStream.OpenAsync(app, "v1/feed/stream");
        await using var client = await app.ConnectAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        await run.NextAsync();
        await feed.NextAsync();

        var began = TimeProvider.System.GetTimestamp();
        await app.StopAsync();
        Assert.True(await run.HasEndedAsync());
        Assert.Null(await feed.NextBesidesCountsAsync());
        // Far below the 30 seconds after which a host stops waiting.
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(10));
    }
}

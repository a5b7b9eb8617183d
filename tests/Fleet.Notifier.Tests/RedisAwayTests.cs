using System.Net;
using System.Text.Json;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>Each test has a Redis of its own, to end and start as it needs.</summary>
public sealed class RedisAwayTests : IAsyncLifetime
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(2);

    private readonly RedisServer _redis = RedisServer.OfItsOwn();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task ARestartOfRedis_LosesNoEventAndAsksForAFreshFeed()
    {
        var prefix = RedisServer.NewPrefix();
        await using var app = await NotifierApp.StartAsync(_redis, ("Fleet:Prefix", prefix));
        await using var client = await app.ConnectAsync();
        var resync = new TaskCompletionSource<string>();
        client.On<string>("Resync", what => resync.TrySetResult(what));
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 20);

        await _redis.KillAsync();
        await _redis.RestartAsync();
        // By a process that is back sooner than the notifier.
        await using (var other = await NotifierApp.StartAsync(_redis, ("Fleet:Prefix", prefix)))
        {
            await other.Driver.LogAsync(run, 21, 20);
            await other.Driver.FinishAsync([run]);
        }

        Assert.Equal(43, (await watch.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.Equal("feed", await resync.Task.WaitAsync(Eventually.Patience));
        await Eventually.AnswersAsync(app.Redis);
        var fresh = await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        Assert.Equal(RunState.Succeeded, Assert.Single(fresh.Runs).State);
    }

    [Fact]
    public async Task ARestartOfRedis_ShowsAWatchedPageWhatChangedMeanwhile()
    {
        var prefix = RedisServer.NewPrefix();
        await using var app = await NotifierApp.StartAsync(_redis, ("Fleet:Prefix", prefix));
        await using var client = await app.ConnectAsync();
        var ids = await app.Driver.EnqueueManyAsync(3);
        var table = await FeedTable.WatchAsync(client, new FeedFilter { State = [RunState.Queued], Page = new ListWindow { Limit = 3 } });

        await _redis.KillAsync();
        await _redis.RestartAsync();
        RunId newest;
        // By a process that is back sooner than the notifier.
        await using (var other = await NotifierApp.StartAsync(_redis, ("Fleet:Prefix", prefix)))
        {
            newest = await other.Driver.EnqueueAsync();
            await other.Driver.FinishAsync(await other.Driver.TakeAsync(2));
        }

        RunId[] left = [newest, ids[2]];
        await Eventually.IsTrueAsync(() => table.Ids.SequenceEqual(left) && table.Next is null);
        Assert.All(left, id => Assert.Equal(RunState.Queued, table.Runs[id].State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhileRedisIsAway_CallsAreRefusedInWords_AndSoon(bool frozen)
    {
        await using var app = await NotifierApp.StartAsync(_redis);
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        await (frozen ? _redis.FreezeAsync() : _redis.KillAsync());

        foreach (var (method, arguments) in new (string, object?[])[] { ("WatchRun", [id.ToString()]), ("WatchFeed", []), ("WatchWorkers", []) })
        {
            var refused = await Eventually.WithinAsync(
                _soon, () => Assert.ThrowsAsync<HubException>(() => client.InvokeCoreAsync(method, typeof(JsonElement), arguments)), method);
            Assert.Contains("Redis does not answer at the moment", refused.Message, StringComparison.Ordinal);
        }

        foreach (var path in new[] { $"v1/runs/{id}/stream", "v1/feed/stream" })
        {
            using var response = await Eventually.WithinAsync(_soon, () => app.Http.GetAsync(path), path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter?.Delta);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
            using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            Assert.Equal("urn:fleet:redis-unavailable", problem.RootElement.GetProperty("type").GetString());
        }

        // What was asked of a Redis that goes on is answered late; then nobody wants it any more.
        if (frozen) await _redis.ThawAsync();
        await Eventually.IsTrueAsync(() => app.Watches == 0);
    }

    [Fact]
    public async Task ARestartOfRedis_IsSurvivedByServerSentEvents()
    {
        await using var app = await NotifierApp.StartAsync(_redis);
        var id = await app.Driver.EnqueueAsync();
        await using var run = await EventStream.OpenAsync(app, $"v1/runs/{id}/stream");
        await using var feed = await EventStream.OpenAsync(app, "v1/feed/stream");
        Assert.Equal("queued", (await run.NextAsync()).EventType);
        Assert.Equal("snapshot", (await feed.NextAsync()).EventType);

        await _redis.KillAsync();
        await _redis.RestartAsync();
        Assert.Equal("resync", await feed.NextBesidesCountsAsync());
        Assert.Equal("snapshot", await feed.NextBesidesCountsAsync());
        await Eventually.AnswersAsync(app.Redis);
        await app.Driver.SucceedOneAsync();
        Assert.Equal("2", (await run.NextAsync()).EventId);
        Assert.Equal("3", (await run.NextAsync()).EventId);
        Assert.True(await run.HasEndedAsync());
    }
}

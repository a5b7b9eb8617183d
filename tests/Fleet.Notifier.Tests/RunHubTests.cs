using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using StackExchange.Redis;

namespace Fleet.Notifier.Tests;

public sealed class RunHubTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchRun_FromQueuedToSucceeded_TellsEveryEventOnce()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        Assert.Equal(RunState.Queued, watch.Snapshot.Run.State);
        Assert.Equal(EventType.Queued, Assert.Single(watch.Snapshot.Events).Type);
        Assert.False(watch.Snapshot.Gap);

        await app.Driver.SucceedOneAsync();
        await watch.WaitForAsync(EventType.Started);
        var end = await watch.WaitForAsync(EventType.Succeeded);
        Assert.Equal(3, end.Seq);
        Assert.True(end.Data!.Value.GetProperty("output").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public async Task WatchRun_ThousandsOfLines_ComeInOrderWithoutGapsOrDoubles()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);

        var run = await app.Driver.StartOneAsync();
        for (var line = 1; line <= 2000; line += 4) await app.Driver.LogAsync(run, line, 4);
        await app.Driver.FinishAsync([run]);

        Assert.Equal(2003, (await watch.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.True(watch.IsWhole);
    }

    [Fact]
    public async Task WatchRun_WhileLinesAreWritten_GoesOnWhereTheAnswerEnds()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        using var over = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var line = 1; !over.IsCancellationRequested; line++) await app.Driver.LogAsync(run, line, 1);
        });

        var clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => app.ConnectAsync()));
        var watches = await Task.WhenAll(clients.Select(client => HubRunWatch.StartAsync(client, id)));
        await over.CancelAsync();
        await writing;
        await app.Driver.FinishAsync([run]);

        foreach (var watch in watches) await watch.WaitForAsync(EventType.Succeeded);
        Assert.Single(watches.Select(watch => watch.Seen).Distinct());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task WatchRun_TheAnswerIsWrittenBeforeTheFirstEvent()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        // More than an answer holds, so that events are ready to follow it at once.
        await app.Driver.LogAsync(run, 1, 1100);

        for (var round = 0; round < 20; round++)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(app.Hub) { Scheme = "ws" }.Uri, CancellationToken.None);
            await SendAsync(socket, """{"protocol":"json","version":1}""");
            await SendAsync(socket, $$"""{"type":1,"invocationId":"1","target":"WatchRun","arguments":["{{id}}"]}""");
            var messages = await ReadAsync(socket, 5);
            Assert.Equal("{}", messages[0].GetRawText());
            Assert.Equal([3, 1, 1, 1], messages.Skip(1).Take(4).Select(message => message.GetProperty("type").GetInt32()));
            Assert.Equal(1000, messages[1].GetProperty("result").GetProperty("events").GetArrayLength());
            Assert.Equal(1001, messages[2].GetProperty("arguments")[1].GetProperty("seq").GetInt32());
        }
    }

    [Fact]
    public async Task WatchRun_SentWithoutWantingAnAnswer_TellsEventsAllTheSame()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var ended = new TaskCompletionSource<RunEvent>();
        client.On<string, RunEvent>("RunEvent", (_, news) =>
        {
            if (news.Type == EventType.Succeeded) ended.TrySetResult(news);
        });
        var id = await app.Driver.EnqueueAsync();
        await client.SendAsync("WatchRun", id.ToString());
        await Eventually.IsTrueAsync(() => app.Watches == 1);
        await app.Driver.SucceedOneAsync();
        Assert.Equal(3, (await ended.Task.WaitAsync(Eventually.Patience)).Seq);
    }

    [Fact]
    public async Task WatchRun_AfterAnEvent_StartsBehindIt()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 10);

        await using var client = await app.ConnectAsync();
        using var watch = await HubRunWatch.StartAsync(client, id, after: 5);
        Assert.Equal(7, watch.Snapshot.Events.Count);
        Assert.False(watch.Snapshot.Gap);
        await app.Driver.FinishAsync([run]);
        Assert.Equal(13, (await watch.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task WatchRun_TrimmedLog_SaysThatThereIsAGap()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Limits:LogEvents", "100"));
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        await app.Driver.LogAsync(run, 1, 900);

        await using var client = await app.ConnectAsync();
        var snapshot = await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString(), 2);
        Assert.True(snapshot.Gap);
        Assert.Equal(902, snapshot.Events[^1].Seq);
        Assert.False((await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString(), 900)).Gap);
    }

    [Fact]
    public async Task WatchRun_RetriedAfterItsEnd_GoesOn()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        await app.Driver.FinishAsync([await app.Driver.StartOneAsync()], AttemptOutcome.Failed);
        await watch.WaitForAsync(EventType.Failed);

        await app.Driver.RetryAsync(id);
        await app.Driver.SucceedOneAsync();
        Assert.Equal(6, (await watch.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task WatchRun_TheSameRunAgain_TakesTheEarlierWatchsPlace()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:WatchesPerConnection", "1"));
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        (await HubRunWatch.StartAsync(client, id)).Dispose();
        using var watch = await HubRunWatch.StartAsync(client, id);
        Assert.Equal(1, app.Watches);
        await app.Driver.SucceedOneAsync();
        await watch.WaitForAsync(EventType.Succeeded);
    }

    [Fact]
    public async Task UnwatchRun_NothingComesAfterItsAnswer()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var first = await app.Driver.EnqueueAsync();
        using var ended = await HubRunWatch.StartAsync(client, first);
        await client.InvokeAsync("UnwatchRun", first.ToString());
        Assert.Equal(0, app.Watches);
        await app.Driver.SucceedOneAsync();

        // What comes for another run afterwards says that nothing is on its way for the first.
        var second = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, second);
        await app.Driver.SucceedOneAsync();
        await watch.WaitForAsync(EventType.Succeeded);
        await Assert.ThrowsAsync<TimeoutException>(() => ended.WaitForAsync(EventType.Started).WaitAsync(TimeSpan.Zero));
    }

    [Fact]
    public async Task Disconnect_LeavesNoWatchBehind()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var channel = app.Keys.Of(id)!.RunChannel(id);
        var client = await app.ConnectAsync();
        await HubRunWatch.StartAsync(client, id);
        await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        await client.InvokeAsync<IReadOnlyList<WorkerInfo>>("WatchWorkers");
        await client.InvokeAsync<IReadOnlyList<QueueInfo>>("WatchQueues");
        Assert.Equal(4, app.Watches);
        Assert.Equal(1, await SubscribersAsync());

        await client.DisposeAsync();
        await Eventually.IsTrueAsync(() => app.Watches == 0);
        await Eventually.IsTrueAsync(async () => await SubscribersAsync() == 0);

        Task<long> SubscribersAsync() => ShardedChannel.ListenersAsync(app.Redis.Database, channel);
    }

    [Fact]
    public async Task TwoNotifiers_OnOneRedis_TellTheSame()
    {
        var prefix = RedisServer.NewPrefix();
        await using var one = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", prefix));
        await using var two = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", prefix));
        await using var clientOfOne = await one.ConnectAsync();
        await using var clientOfTwo = await two.ConnectAsync();
        var id = await one.Driver.EnqueueAsync();
        using var watchOfOne = await HubRunWatch.StartAsync(clientOfOne, id);
        using var watchOfTwo = await HubRunWatch.StartAsync(clientOfTwo, id);

        var run = await two.Driver.StartOneAsync();
        await one.Driver.LogAsync(run, 1, 50);
        await two.Driver.FinishAsync([run]);
        Assert.Equal(53, (await watchOfOne.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.Equal(53, (await watchOfTwo.WaitForAsync(EventType.Succeeded)).Seq);
    }

    [Fact]
    public async Task ADeletedRun_EndsItsWatchWithANotice()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var notice = new TaskCompletionSource<JsonElement>();
        client.On<JsonElement>("Notice", notice.SetResult);
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        await app.Driver.SucceedOneAsync();
        await watch.WaitForAsync(EventType.Succeeded);

        // Deleted, and something of it is heard before the marks are renewed.
        var partition = app.Keys.Of(id)!;
        await app.Redis.Database.KeyDeleteAsync(partition.Run(id));
        await app.Redis.Database.ExecuteAsync("SPUBLISH", (RedisKey)partition.RunChannel(id), "[]");
        Assert.Contains("deleted", (await notice.Task.WaitAsync(Eventually.Patience)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WatchRun_ABurstOfTenThousandLines_ComesWholeAndInOrder()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var id = await app.Driver.EnqueueAsync();
        using var watch = await HubRunWatch.StartAsync(client, id);
        var run = await app.Driver.StartOneAsync();
        for (var line = 1; line <= 10_000; line += 250) await app.Driver.LogAsync(run, line, 250);
        await app.Driver.FinishAsync([run]);
        Assert.Equal(10_003, (await watch.WaitForAsync(EventType.Succeeded)).Seq);
        Assert.True(watch.IsWhole);
    }

    [Fact]
    public async Task AClientThatDoesNotRead_HoldsUpNobodyAndMissesNothing()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        var run = await app.Driver.StartOneAsync();
        using var slow = new ClientWebSocket();
        await slow.ConnectAsync(new UriBuilder(app.Hub) { Scheme = "ws" }.Uri, CancellationToken.None);
        await SendAsync(slow, """{"protocol":"json","version":1}""");
        await SendAsync(slow, $$"""{"type":1,"invocationId":"1","target":"WatchRun","arguments":["{{id}}"]}""");
        await Eventually.IsTrueAsync(() => app.Watches == 1);

        await using var client = await app.ConnectAsync();
        using var quick = await HubRunWatch.StartAsync(client, id);
        // Far more than sockets and pipes take in.
        const int Lines = 2000;
        for (var line = 1; line <= Lines; line += 10) await app.Driver.LogAsync(run, line, 10, length: 10_000);
        await app.Driver.FinishAsync([run]);
        Assert.Equal(Lines + 3, (await quick.WaitForAsync(EventType.Succeeded)).Seq);

        // The handshake's answer, the call's, and then every event that was not in that.
        var messages = await ReadAsync(slow, Lines + 3);
        Assert.Equal(3, messages[1].GetProperty("type").GetInt32());
        Assert.Equal(Enumerable.Range(3, Lines + 1), messages.Skip(2).Select(message => message.GetProperty("arguments")[1].GetProperty("seq").GetInt32()));
    }

    private static async Task SendAsync(ClientWebSocket socket, string message) =>
        await socket.SendAsync(Encoding.UTF8.GetBytes(message + '\u001e'), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Reads messages, but for pings and what tells how many watch, which comes whenever somebody joins.</summary>
    private static async Task<List<JsonElement>> ReadAsync(ClientWebSocket socket, int count)
    {
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        var messages = new List<JsonElement>();
        var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (messages.Count < count)
        {
            var result = await socket.ReceiveAsync(buffer, timeout.Token);
            foreach (var b in buffer.AsSpan(0, result.Count))
            {
                if (b != 0x1e)
                {
                    message.WriteByte(b);
                    continue;
                }

                var json = JsonElement.Parse(message.ToArray());
                message.SetLength(0);
                if (IsPing(json) || IsOf(json, "Watchers")) continue;
                messages.Add(json);
            }
        }

        return messages;

        static bool IsPing(JsonElement message) => message.TryGetProperty("type", out var type) && type.GetInt32() == 6;

        static bool IsOf(JsonElement message, string target) => message.TryGetProperty("target", out var name) && name.ValueEquals(target);
    }
}

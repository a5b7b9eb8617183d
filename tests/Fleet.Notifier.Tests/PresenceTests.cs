using System.Threading.Channels;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>How many watch a run is known, over all replicas.</summary>
public sealed class PresenceTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();

    [Fact]
    public async Task Watchers_ComeAndGoOnTwoReplicas_EachIsTold()
    {
        await using var one = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", _prefix));
        await using var two = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", _prefix));
        var id = await one.Driver.EnqueueAsync();
        await using var first = await one.ConnectAsync();
        var told = Told(first, id);
        Assert.Equal(1, (await first.InvokeAsync<RunSnapshot>("WatchRun", id.ToString())).Watchers);

        await using var second = await two.ConnectAsync();
        await second.InvokeAsync<RunSnapshot>("WatchRun", id.ToString());
        await UntilAsync(told, 2);
        await using (await EventStream.OpenAsync(two, $"v1/runs/{id}/stream")) await UntilAsync(told, 3);
        await UntilAsync(told, 2);

        await using var third = await two.ConnectAsync();
        Assert.Equal(3, (await third.InvokeAsync<RunSnapshot>("WatchRun", id.ToString())).Watchers);
        await third.InvokeAsync("UnwatchRun", id.ToString());
        await second.DisposeAsync();
        await UntilAsync(told, 1);

        await first.DisposeAsync();
        await Eventually.IsTrueAsync(async () => !await one.Redis.Database.KeyExistsAsync(one.Keys.Of(id)!.Watchers(id)));
    }

    [Fact]
    public async Task AReplicaThatWasKilled_CountsNoMoreOnceItsShareLapses()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", _prefix));
        var id = await app.Driver.EnqueueAsync();
        var watchers = app.Keys.Of(id)!.Watchers(id);
        // What a replica leaves that ends without a word.
        var time = (string[])(await app.Redis.Database.ExecuteAsync("TIME"))!;
        var now = long.Parse(time[0], provider: null) * 1000;
        await app.Redis.Database.HashSetAsync(watchers, "killed", $"40 {now + 8000}");
        await app.Redis.Database.HashSetAsync(watchers, "lapsed", $"7 {now - 1000}");

        await using var client = await app.ConnectAsync();
        var told = Told(client, id);
        Assert.Equal(41, (await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString())).Watchers);
        await UntilAsync(told, 1);
        await Eventually.IsTrueAsync(async () => await app.Redis.Database.HashLengthAsync(watchers) == 1);
        Assert.NotNull(await app.Redis.Database.KeyTimeToLiveAsync(watchers));
    }

    [Fact]
    public async Task AReplicaThatEnds_TakesItsShareWithIt()
    {
        await using var stays = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", _prefix));
        var ends = await NotifierApp.StartAsync(redis, ("Fleet:Prefix", _prefix));
        var id = await stays.Driver.EnqueueAsync();
        await using var client = await stays.ConnectAsync();
        var told = Told(client, id);
        await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString());
        await using var other = await ends.ConnectAsync();
        await other.InvokeAsync<RunSnapshot>("WatchRun", id.ToString());
        await UntilAsync(told, 2);
        await ends.DisposeAsync();
        await UntilAsync(told, 1);
    }

    private static ChannelReader<int> Told(HubConnection client, RunId id)
    {
        var told = Channel.CreateUnbounded<int>();
        client.On<string, int>("Watchers", (run, count) =>
        {
            Assert.Equal(id.ToString(), run);
            told.Writer.TryWrite(count);
        });
        return told.Reader;
    }

    private static async Task UntilAsync(ChannelReader<int> told, int count)
    {
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        while (await told.ReadAsync(timeout.Token) != count)
        {
        }
    }
}

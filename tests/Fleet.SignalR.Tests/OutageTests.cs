using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>Redis goes and comes back: nothing hangs, nothing is lost in silence, and afterwards everything is as it was said to be.</summary>
public class OutageTests : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly List<IAsyncDisposable> _made = [];

    public Task InitializeAsync() => _redis.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var made in Enumerable.Reverse(_made)) await made.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Publish_RedisGone_FailsAtOnceInWordsAndIsCounted()
    {
        var server = await StartAsync();
        var client = await ConnectAsync(server);
        using var failures = new MetricSum("fleet.backplane.publish.failures");
        await _redis.KillAsync();

        Task[] sending =
        [
            server.Clients.All.SendAsync("Say", "x"), server.Clients.Group("g").SendAsync("Say", "x"), server.Clients.Groups("g", "h").SendAsync("Say", "x"),
            server.Clients.User("u").SendAsync("Say", "x"), server.Clients.Client("elsewhere").SendAsync("Say", "x"),
            server.Clients.Clients(client.Id, "elsewhere").SendAsync("Say", "x"), server.Clients.AllExcept("elsewhere").SendAsync("Say", "x"),
            server.Hub.Groups.AddToGroupAsync("elsewhere", "g"), server.Hub.Clients.Client("elsewhere").InvokeAsync<int>("Ask", 1, default),
        ];
        foreach (var each in sending)
        {
            var fault = await Assert.ThrowsAsync<BackplaneUnavailableException>(() => each.WaitAsync(Eventually.Patience));
            Assert.Contains("Send it again when Redis is back", fault.Message);
        }

        Assert.True(failures.Value >= sending.Length);
        // What needs no Redis works: this server's own connections.
        Assert.Equal("x", await client.NextAsync());
        await server.Clients.Client(client.Id).SendAsync("Say", "here");
        Assert.Equal("here", await client.NextAsync());
    }

    [Fact]
    public async Task Publish_RedisFrozen_FailsInTimeAndWorksAgainAfterwards()
    {
        var server = await StartAsync(options => options.RedisTimeout = TimeSpan.FromMilliseconds(300));
        var client = await ConnectAsync(server);
        await ReachesAsync(server.Clients.All, client, "before");
        await _redis.FreezeAsync();

        var fault = await Assert.ThrowsAsync<BackplaneUnavailableException>(() => server.Clients.All.SendAsync("Say", "x").WaitAsync(Eventually.Patience));
        Assert.Contains("did not answer within 0.3 s", fault.Message);

        // Connecting and joining do not wait for it either.
        var late = await ConnectAsync(server, "ann");
        await late.JoinAsync("g");
        await _redis.ThawAsync();
        await ReachesAsync(server.Clients.Group("g"), late, "group");
        await ReachesAsync(server.Clients.User("ann"), late, "user");
        await ReachesAsync(server.Clients.All, client, "all");
    }

    [Fact]
    public async Task Redis_KilledAndRestarted_LeavesGroupsAndUsersAsTheyAreMeanwhileSaidToBe()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        var (stays, leaves, goes) = (await ConnectAsync(first, "ann"), await ConnectAsync(second), await ConnectAsync(second, "bob"));
        foreach (var client in new[] { stays, leaves, goes }) await client.JoinAsync("g");
        await _redis.KillAsync();

        // Clients come, go, join and leave while it is away.
        await leaves.LeaveAsync("g");
        await goes.DisposeAsync();
        var comes = await ConnectAsync(second, "eve");
        await comes.JoinAsync("g");
        await comes.JoinAsync("h");
        await _redis.RestartAsync();

        await ReachesAsync(first.Clients.User("eve"), comes, "eve");
        await ReachesAsync(first.Clients.Group("h"), comes, "h");
        await ReachesAsync(second.Clients.User("ann"), stays, "ann");
        await ReachesAsync(second.Clients.Group("g"), stays, "g1");
        await ReachesAsync(first.Clients.Group("g"), comes, "g2");
        await ReachesAsync(first.Clients.All, leaves, "end");
        Assert.DoesNotContain(leaves.Seen, seen => seen.StartsWith('g'));

        // And so do acknowledgements and results.
        await first.Hub.Groups.AddToGroupAsync(leaves.Id, "late");
        await ReachesAsync(first.Clients.Group("late"), leaves, "late");
        leaves.Connection.On<int, int>("Ask", number => number + 1);
        Assert.Equal(8, await first.Hub.Clients.Client(leaves.Id).InvokeAsync<int>("Ask", 7, default));
        await using var redis = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        Assert.Equal(0, await ListenersAsync(redis, "user:bob"));
    }

    [Fact]
    public async Task Redis_RestartedAgainAndAgain_NeverDeliversTwice()
    {
        var (first, second) = (await StartAsync(), await StartAsync());
        var client = await ConnectAsync(second);
        await client.JoinAsync("g");
        for (var round = 0; round < 3; round++)
        {
            await _redis.KillAsync();
            await _redis.RestartAsync();
            await ReachesAsync(first.Clients.Group("g"), client, $"round {round}");
        }

        await first.Clients.Group("g").SendAsync("Say", "end");
        await client.UntilAsync("end");
        Assert.Equal(client.Seen.Count, client.Seen.Distinct().Count());
    }

    [Fact]
    public async Task Redis_AwayWhenTheServerStarts_IsUsedWhenItComes()
    {
        await _redis.KillAsync();
        var server = await StartAsync(options => options.RedisTimeout = TimeSpan.FromMilliseconds(200));
        var client = await ConnectAsync(server, "ann");
        await client.JoinAsync("g");
        await Assert.ThrowsAsync<BackplaneUnavailableException>(() => server.Clients.Group("g").SendAsync("Say", "x"));

        await _redis.RestartAsync();

        await ReachesAsync(server.Clients.Group("g"), client, "group");
        await ReachesAsync(server.Clients.User("ann"), client, "user");
        await ReachesAsync(server.Clients.All, client, "all");
    }

    [Theory]
    [InlineData(WireState.Cut)]
    [InlineData(WireState.Swallowing)]
    public async Task Server_CutOffFromRedis_TellsItsClientsThatTheyMissedSomething(WireState wire)
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        void Resynchronise(BackplaneOptions options)
        {
            options.WhenInterrupted = MissedMessages.Resynchronise;
            options.RedisTimeout = TimeSpan.FromSeconds(1);
        }

        var (cut, whole) = (await StartAsync(Resynchronise, proxy.Address), await StartAsync(Resynchronise));
        var (a, b) = (await ConnectAsync(cut), await ConnectAsync(whole));
        await a.JoinAsync("g");
        await ReachesAsync(whole.Clients.Group("g"), a, "before");

        proxy.Become(wire);
        await whole.Clients.Group("g").SendAsync("Say", "missed");
        // Where packets are swallowed without a word, the signs of life that do not come show it.
        await Eventually.IsTrueAsync(async () =>
        {
            var fault = await Record.ExceptionAsync(() => cut.Clients.All.SendAsync("Say", "in vain"));
            return fault is BackplaneUnavailableException && fault.Message.Contains("no connection", StringComparison.Ordinal);
        });
        proxy.Become(WireState.Whole);

        await a.Resync;
        await ReachesAsync(whole.Clients.Group("g"), a, "after");
        await whole.Clients.All.SendAsync("Say", "end");
        Assert.DoesNotContain("(resync)", await b.UntilAsync("end"));
    }

    [Fact]
    public async Task Server_CutOffFromRedis_DisconnectsItsClientsWhereThatIsChosen()
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        var server = await StartAsync(options => options.WhenInterrupted = MissedMessages.Disconnect, proxy.Address);
        var client = await ConnectAsync(server);

        proxy.Become(WireState.Cut);
        proxy.Become(WireState.Whole);

        await client.Closed;
    }

    [Fact]
    public async Task Publish_TheSharedConnectionDisposedByItsOwner_FailsInWords()
    {
        var shared = await ConnectionMultiplexer.ConnectAsync(_redis.Address);
        var server = Keep(await HubServer.StartAsync(signalR => signalR.AddFleetBackplane(shared, options => options.ChannelPrefix = _prefix)));
        await ConnectAsync(server);
        await shared.DisposeAsync();

        await Assert.ThrowsAsync<BackplaneUnavailableException>(() => server.Clients.All.SendAsync("Say", "x"));
    }

    [Fact]
    public async Task Server_StoppedWhileRedisIsAway_Stops()
    {
        var server = await HubServer.StartAsync(_redis.Address, _prefix);
        await using var client = await server.ConnectAsync();
        await _redis.KillAsync();

        await server.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);
    }

    private async Task<HubServer> StartAsync(Action<BackplaneOptions>? configure = null, string? address = null) =>
        Keep(await HubServer.StartAsync(address ?? _redis.Address, _prefix, configure));

    private async Task<HubProbe> ConnectAsync(HubServer server, string? user = null) => Keep(await server.ConnectAsync(user));

    private T Keep<T>(T made) where T : IAsyncDisposable
    {
        _made.Add(made);
        return made;
    }

    /// <summary>Sends until it arrives: what is sent while a subscription is not restored yet is lost, as it was said to be.</summary>
    private static Task ReachesAsync(IClientProxy to, HubProbe client, string text)
    {
        var tries = 0;
        return Eventually.IsTrueAsync(async () =>
        {
            try
            {
                await to.SendAsync("Say", $"{text} {++tries}");
            }
            catch (BackplaneUnavailableException)
            {
                return false;
            }

            return client.Seen.Any(seen => seen.StartsWith(text, StringComparison.Ordinal));
        }, $"{text} arrives");
    }

    private Task<long> ListenersAsync(ConnectionMultiplexer redis, string name) =>
        ShardedChannel.ListenersAsync(redis.GetDatabase(), $"{_prefix}:{typeof(ProbeHub).FullName}:{name}");
}

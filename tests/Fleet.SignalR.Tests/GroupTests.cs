using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>Who is in which group, whichever server says so.</summary>
public class GroupTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    private ConnectionMultiplexer _redis = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _redis = Keep(await ConnectionMultiplexer.ConnectAsync(Redis.Address));
    }

    [Fact]
    public async Task AddToGroup_AnotherServersConnection_GetsTheVeryNextMessage()
    {
        var a = await ConnectAsync(First);

        for (var i = 0; i < 20; i++)
        {
            await Second.Hub.Groups.AddToGroupAsync(a.Id, $"g{i}");
            await Second.Clients.Group($"g{i}").SendAsync("Say", $"{i}");
            Assert.Equal($"{i}", await a.NextAsync());
        }
    }

    [Fact]
    public async Task RemoveFromGroup_AnotherServersConnection_GetsNothingMore()
    {
        var a = await ConnectAsync(First);
        await a.JoinAsync("g");

        await Second.Hub.Groups.RemoveFromGroupAsync(a.Id, "g");
        await Second.Clients.Group("g").SendAsync("Say", "hello");
        await Second.Clients.Client(a.Id).SendAsync("Say", "end");

        Assert.Equal(["end"], await a.UntilAsync("end"));
    }

    [Fact]
    public async Task AddToGroup_ConnectionThatNobodyHas_IsSaidAtOnce()
    {
        var fault = await Assert.ThrowsAsync<IOException>(() => First.Hub.Groups.AddToGroupAsync("nobody", "g"));

        Assert.Equal("Connection 'nobody' does not exist.", fault.Message);
        Assert.Equal(0, First.Backplane.Requests);
    }

    [Fact]
    public async Task AddToGroup_ConnectionThatHasGone_IsSaidAtOnceAndLeavesNothing()
    {
        var a = await ConnectAsync(First);
        await Second.Hub.Groups.AddToGroupAsync(a.Id, "g");
        await a.DisposeAsync();
        await Eventually.IsTrueAsync(() => !First.Backplane.TryFind(a.Id, out _));

        await Assert.ThrowsAsync<IOException>(() => Second.Hub.Groups.AddToGroupAsync(a.Id, "h"));

        // What a server listens to itself is all that is left.
        await Eventually.IsTrueAsync(() => First.Backplane.Channels == 2);
    }

    [Fact]
    public async Task RemoveFromGroup_ConnectionThatNobodyHas_IsNoError() => await First.Hub.Groups.RemoveFromGroupAsync("nobody", "g");

    [Fact]
    public async Task AddToGroup_AServerDoesNotAnswer_FailsInTime()
    {
        var hasty = Keep(await HubServer.StartAsync(Redis.Address, Prefix, options => options.AckTimeout = TimeSpan.FromMilliseconds(100)));
        // It listens as a server does and never says anything, like one that is stopped.
        await _redis.GetSubscriber().SubscribeAsync(Channel("servers"));

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => hasty.Hub.Groups.AddToGroupAsync("nobody", "g"));

        Assert.Contains("did not answer within 0.1 s", fault.Message);
        Assert.Equal(0, hasty.Backplane.Requests);
    }

    [Fact]
    public async Task AddToGroup_Cancelled_EndsTheWait()
    {
        await _redis.GetSubscriber().SubscribeAsync(Channel("servers"));
        using var cancel = new CancellationTokenSource();

        var adding = First.Hub.Groups.AddToGroupAsync("nobody", "g", cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);
        Assert.Equal(0, First.Backplane.Requests);
    }

    [Fact]
    public async Task Group_LastMemberGone_IsNoLongerListenedTo()
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(First));
        await a.JoinAsync("g");
        await b.JoinAsync("g");
        Assert.Equal(1, await ListenersAsync("group:g"));

        await a.LeaveAsync("g");
        await b.DisposeAsync();

        await Eventually.IsTrueAsync(async () => await ListenersAsync("group:g") == 0);
    }

    [Fact]
    public async Task Server_WhoseClientsHaveAllGone_ListensOnlyForItself()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => ConnectAsync(First, $"user{i}")));
        for (var i = 0; i < 10; i++) await clients[i].JoinAsync($"g{i % 3}");
        // Everybody, ten users, three groups, and the two of its own.
        Assert.Equal(16, First.Backplane.Channels);

        foreach (var client in clients) await client.DisposeAsync();

        await Eventually.IsTrueAsync(() => First.Backplane.Channels == 2);
    }

    [Fact]
    public async Task Server_Stopped_ListensToNothingOfASharedConnection()
    {
        await using var shared = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
        var server = await HubServer.StartAsync(signalR => signalR.AddFleetBackplane(shared, options => options.ChannelPrefix = Prefix));
        var a = await server.ConnectAsync();
        await a.JoinAsync("g");
        Assert.Equal(1, await ListenersAsync("group:g"));

        await server.DisposeAsync();
        await a.DisposeAsync();

        await Eventually.IsTrueAsync(async () => await ListenersAsync("group:g") == 0);
        Assert.True(shared.IsConnected);
    }

    [Fact]
    public async Task JoinAndLeave_RacingOnOneGroup_EndAsTheLastCallSaid()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => ConnectAsync(i % 2 == 0 ? First : Second)));

        for (var round = 0; round < 20; round++)
        {
            // All come and go at once, so that a first one joins while a last one leaves, again and again.
            await Task.WhenAll(clients.Select(async (client, i) =>
            {
                for (var turn = 0; turn < 1 + ((i + round) % 4); turn++)
                {
                    await client.JoinAsync("g");
                    await client.LeaveAsync("g");
                }

                if (i % 3 == 0) await client.JoinAsync("g");
            }));

            await First.Clients.Group("g").SendAsync("Say", $"members {round}");
            await First.Clients.All.SendAsync("Say", $"end {round}");
            for (var i = 0; i < clients.Length; i++)
            {
                if (i % 3 == 0)
                {
                    // Two channels: which comes first is not said.
                    Assert.Equal([$"end {round}", $"members {round}"], new[] { await clients[i].NextAsync(), await clients[i].NextAsync() }.Order());
                    await clients[i].LeaveAsync("g");
                }
                else Assert.Equal($"end {round}", await clients[i].NextAsync());
            }
        }

        await Eventually.IsTrueAsync(async () => await ListenersAsync("group:g") == 0);
    }

    private RedisChannel Channel(string name) => RedisChannel.Sharded($"{Prefix}:{typeof(ProbeHub).FullName}:{name}");

    private Task<long> ListenersAsync(string name) => ShardedChannel.ListenersAsync(_redis.GetDatabase(), Channel(name).ToString());
}

using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>On a Redis Cluster each channel lives on one node, and everything is as on a single Redis.</summary>
public sealed class ClusterTests(RedisCluster cluster) : IClassFixture<RedisCluster>, IAsyncLifetime
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly List<IAsyncDisposable> _made = [];
    private HubServer _first = null!;
    private HubServer _second = null!;

    public async Task InitializeAsync()
    {
        _first = Keep(await HubServer.StartAsync(cluster.Address, _prefix));
        _second = Keep(await HubServer.StartAsync(cluster.Address, _prefix));
    }

    public async Task DisposeAsync()
    {
        foreach (var made in Enumerable.Reverse(_made)) await made.DisposeAsync();
    }

    [Fact]
    public async Task Groups_OnEveryNode_ReachTheirMembersOnBothServers()
    {
        var (a, b) = (Keep(await _first.ConnectAsync()), Keep(await _second.ConnectAsync()));
        for (var i = 0; i < 12; i++)
        {
            await a.JoinAsync($"g{i}");
            await b.JoinAsync($"g{i}");
        }

        for (var i = 0; i < 12; i++)
        {
            await (i % 2 == 0 ? _first : _second).Clients.Group($"g{i}").SendAsync("Say", $"{i}");
            Assert.Equal($"{i}", await a.NextAsync());
            Assert.Equal($"{i}", await b.NextAsync());
        }

        // Sharded channels, and not all on one node.
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(async node =>
            ((RedisResult[])(await cluster.AskAsync(node, "PUBSUB", "SHARDCHANNELS", $"{_prefix}:*:group:*"))!).Length));
        Assert.Equal(12, nodes.Sum());
        Assert.True(nodes.Count(channels => channels > 0) > 1);
        for (var node = 0; node < 3; node++) Assert.Empty((RedisResult[])(await cluster.AskAsync(node, "PUBSUB", "CHANNELS", $"{_prefix}*"))!);
    }

    [Fact]
    public async Task Everything_AcrossServers_Works()
    {
        var (a, b) = (Keep(await _first.ConnectAsync("ann")), Keep(await _second.ConnectAsync("bob")));
        a.Connection.On<int, int>("Ask", number => number * 2);

        await _second.Clients.All.SendAsync("Say", "all");
        Assert.Equal("all", await a.NextAsync());
        Assert.Equal("all", await b.NextAsync());
        await _second.Clients.User("ann").SendAsync("Say", "user");
        Assert.Equal("user", await a.NextAsync());
        await _second.Clients.Client(a.Id).SendAsync("Say", "client");
        Assert.Equal("client", await a.NextAsync());
        await _second.Hub.Groups.AddToGroupAsync(a.Id, "g");
        await _first.Clients.GroupExcept("g", b.Id).SendAsync("Say", "group");
        Assert.Equal("group", await a.NextAsync());
        await _second.Hub.Groups.RemoveFromGroupAsync(a.Id, "g");
        await Assert.ThrowsAsync<IOException>(() => _second.Hub.Groups.AddToGroupAsync("nobody", "g"));
        Assert.Equal(14, await _second.Hub.Clients.Client(a.Id).InvokeAsync<int>("Ask", 7, default));
    }

    [Fact]
    public async Task Node_KilledAndRestarted_CarriesItsChannelsAgain()
    {
        var client = Keep(await _second.ConnectAsync());
        var groups = new string[3];
        for (var i = 0; groups.Any(group => group is null); i++)
        {
            var node = await NodeOfAsync($"g{i}");
            groups[node] ??= $"g{i}";
        }

        foreach (var group in groups) await client.JoinAsync(group);
        await cluster.Nodes[1].KillAsync();

        // The other nodes' channels go on; those of the lost one say that they do not.
        await Eventually.IsTrueAsync(() => ReachesAsync(groups[0], client));
        await Eventually.IsTrueAsync(() => ReachesAsync(groups[2], client));
        await Assert.ThrowsAsync<BackplaneUnavailableException>(() => _first.Clients.Group(groups[1]).SendAsync("Say", "x").WaitAsync(Eventually.Patience));

        await cluster.Nodes[1].RestartAsync();
        await Eventually.IsTrueAsync(() => ReachesAsync(groups[1], client));
    }

    private async Task<int> NodeOfAsync(string group)
    {
        var slot = (int)await cluster.AskAsync(0, "CLUSTER", "KEYSLOT", $"{_prefix}:{typeof(ProbeHub).FullName}:group:{group}");
        return Math.Min(slot * 3 / 16384, 2);
    }

    private async Task<bool> ReachesAsync(string group, HubProbe client)
    {
        var text = $"{group} {Guid.NewGuid()}";
        try
        {
            await _first.Clients.Group(group).SendAsync("Say", text);
        }
        catch (BackplaneUnavailableException)
        {
            return false;
        }

        // Later ones may overtake a try that was lost, so it is enough that one of them came.
        return client.Seen.Any(seen => seen.StartsWith($"{group} ", StringComparison.Ordinal));
    }

    private T Keep<T>(T made) where T : IAsyncDisposable
    {
        _made.Add(made);
        return made;
    }
}

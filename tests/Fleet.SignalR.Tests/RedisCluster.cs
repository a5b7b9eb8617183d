using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>A Redis Cluster of three masters of the tests' own.</summary>
public sealed class RedisCluster : IAsyncLifetime
{
    private const int Slots = 16384;

    /// <summary>Its nodes; each has a third of the slots.</summary>
    public IReadOnlyList<RedisServer> Nodes { get; } =
        [.. Enumerable.Range(0, 3).Select(_ => RedisServer.OfItsOwn("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"))];

    /// <summary>All of its addresses, as a connection string.</summary>
    public string Address => string.Join(',', Nodes.Select(node => node.Address));

    public async Task InitializeAsync()
    {
        foreach (var node in Nodes) await node.InitializeAsync();
        for (var i = 0; i < Nodes.Count; i++)
        {
            var first = Nodes[0].Address.Split(':');
            await AskAsync(i, "CLUSTER", "ADDSLOTSRANGE", i * Slots / Nodes.Count, ((i + 1) * Slots / Nodes.Count) - 1);
            if (i > 0) await AskAsync(i, "CLUSTER", "MEET", first[0], first[1]);
        }

        for (var i = 0; i < Nodes.Count; i++)
        {
            var node = i;
            await Eventually.IsTrueAsync(async () =>
            {
                var info = (string)(await AskAsync(node, "CLUSTER", "INFO"))!;
                return info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains($"cluster_slots_ok:{Slots}", StringComparison.Ordinal);
            }, "the cluster's nodes know each other");
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
    }

    /// <summary>Asks one node.</summary>
    public async Task<RedisResult> AskAsync(int node, string command, params object[] arguments)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{Nodes[node].Address},allowAdmin=true");
        return await redis.GetServer(Nodes[node].Address).ExecuteAsync(command, arguments);
    }
}

using StackExchange.Redis;

namespace Fleet.Testing;

/// <summary>The connections on which something is waited for in Redis, as idle workers do in line.</summary>
public static class BlockedClients
{
    /// <summary>How many there are.</summary>
    public static async Task<int> CountAsync(IDatabase redis) =>
        ((string)(await redis.ExecuteAsync("CLIENT", "LIST"))!).Split('\n').Count(client => client.Contains(" flags=b ", StringComparison.Ordinal));
}

using StackExchange.Redis;

namespace Fleet.Testing;

/// <summary>What Redis knows of a sharded channel.</summary>
public static class ShardedChannel
{
    /// <summary>How many connections listen on it.</summary>
    public static async Task<long> ListenersAsync(IDatabase redis, string channel) => (long)(await redis.ExecuteAsync("PUBSUB", "SHARDNUMSUB", channel))[1];
}

using Fleet.Engine.Redis;
using Fleet.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

public sealed class RedisConnectionTests(RedisServer server) : IClassFixture<RedisServer>
{
    /// <remarks>
    /// Subscriptions have a socket of their own, which in one case of some hundreds was not there yet. How soon a busy machine connects is not
    /// the question.
    /// </remarks>
    [Fact]
    public Task Whoever_has_opened_it_can_subscribe_at_once() => Parallel.ForAsync(0, 1500, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (_, cancellation) =>
    {
        await using var connection = new RedisConnection(
            Options.Create(new FleetOptions { Redis = $"{server.Address},connectTimeout=60000" }), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        await connection.OpenAsync(cancellation);
        await connection.Subscriber.SubscribeAsync(RedisChannel.Literal("news"), (_, _) => { });
    });
}

using System.Diagnostics;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Live.Tests;

/// <summary>The network swallows whatever is sent, and forgets the connections it had.</summary>
public sealed class BlackHoleTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly RedisServer _redis = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AConnectionThatIsSwallowed_IsNoticed_AndAllWorksSoonAfterItsReturn(bool idle)
    {
        await using var proxy = new CuttableProxy(_redis.Address);
        await using var host = await LiveHost.StartAsync(_redis, address: proxy.Address);
        var heard = new SemaphoreSlim(0);
        await host.Redis.Subscriber.SubscribeAsync(RedisChannel.Sharded("channel"), (_, _) => heard.Release());
        var restored = 0;
        host.Redis.Restored += (_, _) => Interlocked.Increment(ref restored);

        proxy.Become(WireState.Swallowing);
        // Both connections are found out, also while nobody asks for anything.
        await Eventually.IsTrueAsync(async () =>
        {
            if (!idle) await Assert.ThrowsAnyAsync<Exception>(() => host.Redis.Database.PingAsync());
            return !host.Redis.IsConnected && !host.Redis.Subscriber.IsConnected(RedisChannel.Sharded("channel"));
        });
        proxy.Become(WireState.Whole);

        var back = Stopwatch.StartNew();
        await Eventually.AnswersAsync(host.Redis);
        await Eventually.IsTrueAsync(async () =>
        {
            await host.Redis.Database.PublishAsync(RedisChannel.Sharded("channel"), "x");
            return heard.Wait(0);
        });
        // Told of both, so that those who listen look for what they missed.
        await Eventually.IsTrueAsync(() => Volatile.Read(ref restored) >= 2);
        Assert.True(back.Elapsed < Soon, $"It took {back.Elapsed}.");
    }
}

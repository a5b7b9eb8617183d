using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine;

/// <summary>Before anything else starts: connects, learns Redis's time, and holds the configuration against what the deployment was started with.</summary>
internal sealed class EngineStartup(RedisConnection redis, RedisClock clock, FleetKeys keys, EvictionCheck eviction, IOptions<FleetOptions> options)
    : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await redis.OpenAsync(cancellationToken);
        await eviction.RequireAsync();
        await clock.ReadAsync(redis.Database);

        var wanted = options.Value.Partitions;
        var fixedAt = await FixPartitionsAsync(wanted);
        if (fixedAt != wanted)
        {
            throw new FleetException(
                $"Fleet:Partitions is {wanted}, but this deployment was started with {fixedAt}, and that cannot change: the ids of its runs " +
                $"name partitions. Set Fleet:Partitions to {fixedAt}, or use another Fleet:Prefix or Redis.");
        }

        redis.Restored += (_, _) => _ = FixPartitionsAgainAsync();
    }

    /// <summary>Fixes the number of partitions where it is not fixed yet, and returns what it is. A Redis that is full needs no room for what is there.</summary>
    private async Task<int> FixPartitionsAsync(int wanted)
    {
        const string Field = "partitions";
        if (!await redis.Database.HashExistsAsync(keys.Meta.Settings, Field))
            await redis.Database.HashSetAsync(keys.Meta.Settings, Field, wanted, When.NotExists);
        return (int)await redis.Database.HashGetAsync(keys.Meta.Settings, Field);
    }

    /// <summary>A Redis that came back without its data does not know it any more.</summary>
    private async Task FixPartitionsAgainAsync()
    {
        try
        {
            await FixPartitionsAsync(options.Value.Partitions);
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is ObjectDisposedException)
        {
            // The next time the connection is back, or the next process that starts.
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

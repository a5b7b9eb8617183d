using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Engine;

/// <summary>Before anything else starts: connects, learns Redis's time, and holds the configuration against what the deployment was started with.</summary>
internal sealed class EngineStartup(RedisConnection redis, RedisClock clock, FleetKeys keys, IOptions<FleetOptions> options) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await redis.OpenAsync(cancellationToken);
        await clock.ReadAsync(redis.Database);

        var wanted = options.Value.Partitions;
        await redis.Database.HashSetAsync(keys.Meta.Settings, "partitions", wanted, StackExchange.Redis.When.NotExists);
        var fixedAt = (int)await redis.Database.HashGetAsync(keys.Meta.Settings, "partitions");
        if (fixedAt != wanted)
        {
            throw new FleetException(
                $"Fleet:Partitions is {wanted}, but this deployment was started with {fixedAt}, and that cannot change: the ids of its runs " +
                $"name partitions. Set Fleet:Partitions to {fixedAt}, or use another Fleet:Prefix or Redis.");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

using Fleet.Engine;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Hangfire.Storage;

/// <summary>The connection to the Redis that the picture is in: Fleet's own, or one to another Redis.</summary>
internal sealed class PictureConnection : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly RedisConnection? _own;

    public PictureConnection(RedisConnection fleet, IOptions<HangfireOptions> options, TimeProvider time, ILogger<RedisConnection> logger)
    {
        if (options.Value.Redis is { } address) _own = new RedisConnection(Options.Create(new FleetOptions { Redis = address }), time, logger);
        _redis = _own ?? fleet;
    }

    public IDatabase Database => _redis.Database;

    public ISubscriber Subscriber => _redis.Subscriber;

    /// <summary>Connects where that has not been done.</summary>
    /// <exception cref="FleetException">Redis cannot be reached or is too old.</exception>
    public Task OpenAsync(CancellationToken cancellation) => _redis.OpenAsync(cancellation);

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}

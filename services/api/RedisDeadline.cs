using Fleet.Engine.Redis;
using Microsoft.Extensions.Options;

namespace Fleet.Api;

/// <summary>Bounds how long a request waits for Redis, so that one that hangs is answered for as soon as one that is gone.</summary>
internal sealed class RedisDeadline(RedisConnection redis, IOptions<ApiOptions> options)
{
    /// <summary>Waits for one call.</summary>
    /// <exception cref="TimeoutException">It took too long; the request is then answered with 503.</exception>
    public Task<T> ApplyAsync<T>(Task<T> call) => call.WaitAsync(options.Value.RedisTimeout);

    /// <inheritdoc cref="ApplyAsync{T}(Task{T})"/>
    public ValueTask<T> ApplyAsync<T>(ValueTask<T> call) =>
        call.IsCompletedSuccessfully ? call : new ValueTask<T>(ApplyAsync(call.AsTask()));

    /// <inheritdoc cref="ApplyAsync{T}(Task{T})"/>
    public Task ApplyAsync(Task call) => call.WaitAsync(options.Value.RedisTimeout);

    /// <summary>Waits for work of many calls, for as long as Redis answers meanwhile.</summary>
    /// <exception cref="TimeoutException">It does not any more; the request is then answered with 503.</exception>
    public Task<T> FollowAsync<T>(Task<T> work) => redis.WhileAnsweringAsync(work, options.Value.RedisTimeout);

    /// <summary>Asks whether Redis answers, before work that may honestly take longer than one call.</summary>
    /// <exception cref="TimeoutException">It does not answer in time.</exception>
    public Task RequireAsync() => ApplyAsync(redis.Database.PingAsync());
}

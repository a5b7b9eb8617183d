using Fleet.Engine.Redis;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>Says in words what happened when a call fails because Redis is away.</summary>
internal sealed class RedisAwayFilter : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is TimeoutException)
        {
            throw new HubException(Words.RedisAway, e);
        }
    }
}

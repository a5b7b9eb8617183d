using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Hubs;

/// <summary>Refuses calls of a connection that makes too many.</summary>
internal sealed class CallLimitFilter(IOptions<NotifierOptions> options) : IHubFilter
{
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        invocationContext.Context.Items[HubCaller.Key] is HubCaller caller && !caller.Calls.TrySpend()
            ? throw new HubException(Words.TooManyCalls(options.Value.CallsPerSecond))
            : next(invocationContext);
}

using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>A watch of the queues.</summary>
internal sealed class QueuesHubWatch : ChannelWatch<IReadOnlyList<QueueInfo>>
{
    public override string Subject => "queues";

    public override Task EndAsync(HubConnection hub) => hub.SendAsync("UnwatchQueues");

    protected override async Task AskAsync(HubConnection hub, CancellationToken cancellation) =>
        Tell(await hub.InvokeAsync<IReadOnlyList<QueueInfo>>("WatchQueues", cancellation));

    protected override bool Take(string method, object?[] arguments)
    {
        if (method == HubMessages.Resync) return (string)arguments[0]! != Subject;
        if (method == HubMessages.Queues) Tell((IReadOnlyList<QueueInfo>)arguments[0]!);
        return true;
    }
}

using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>A watch of the workers.</summary>
internal sealed class WorkersHubWatch : ChannelWatch<WorkersUpdate>
{
    public override string Subject => "workers";

    public override Task EndAsync(HubConnection hub) => hub.SendAsync("UnwatchWorkers");

    protected override async Task AskAsync(HubConnection hub, CancellationToken cancellation) =>
        Tell(new WorkersUpdate(await hub.InvokeAsync<IReadOnlyList<WorkerInfo>>("WatchWorkers", cancellation), null));

    protected override bool Take(string method, object?[] arguments)
    {
        if (method == HubMessages.Resync) return (string)arguments[0]! != Subject;
        if (method == HubMessages.Worker) Tell(new WorkersUpdate(null, (WorkerEvent)arguments[0]!));
        return true;
    }
}

using Fleet.Notifier.Workers;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>One connection's watch of the workers.</summary>
internal sealed class WorkersHubWatch(WorkerWatch workers, ISingleClientProxy client, ILogger logger) : Watch(Name, client, logger)
{
    public const string Name = "workers";

    protected override async Task HandOnAsync(CancellationToken cancellation)
    {
        while (await workers.NextAsync(cancellation) is { } update)
        {
            if (update.Interrupted) await SendAsync(HubMessages.Resync, Name);
            foreach (var change in update.Changes) await SendAsync(HubMessages.Worker, change);
        }
    }

    protected override ValueTask LeaveAsync()
    {
        workers.Dispose();
        return ValueTask.CompletedTask;
    }
}

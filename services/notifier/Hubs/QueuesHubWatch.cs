using Fleet.Notifier.Queues;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>One connection's watch of the queues.</summary>
internal sealed class QueuesHubWatch(QueueWatch queues, ISingleClientProxy client, ILogger logger) : Watch(Name, client, logger)
{
    public const string Name = "queues";

    protected override async Task HandOnAsync(CancellationToken cancellation)
    {
        await foreach (var newest in queues.ReadAsync(cancellation)) await SendAsync(HubMessages.Queues, newest);
    }

    protected override ValueTask LeaveAsync()
    {
        queues.Dispose();
        return ValueTask.CompletedTask;
    }
}

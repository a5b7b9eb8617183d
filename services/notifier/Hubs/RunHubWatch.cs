using Fleet.Engine.Live;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>One connection's watch of a run.</summary>
internal sealed class RunHubWatch(RunWatch run, ISingleClientProxy client, ILogger logger) : Watch(run.Id.ToString(), client, logger)
{
    /// <summary>What the client starts from.</summary>
    public RunSnapshot Snapshot => new(run.Snapshot.Run, run.Snapshot.Events, run.Snapshot.Gap);

    protected override async Task HandOnAsync(CancellationToken cancellation)
    {
        await foreach (var update in run.ReadAsync(cancellation))
        {
            if (update.Gap) await SendAsync(HubMessages.Resync, Subject);
            foreach (var news in update.Events)
            {
                if (cancellation.IsCancellationRequested) return;
                await SendAsync(HubMessages.RunEvent, Subject, news);
            }
        }

        if (!cancellation.IsCancellationRequested)
            await SendAsync(HubMessages.Notice, new Notice("info", $"Run {Subject} was deleted, so there is nothing more to watch."));
    }

    protected override ValueTask LeaveAsync() => run.DisposeAsync();
}

using Fleet.Engine.Live;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>One connection's watch of a run.</summary>
internal sealed class RunHubWatch(RunWatch run, Attendance attendance, ISingleClientProxy client, ILogger logger) : Watch(run.Id.ToString(), client, logger)
{
    private readonly IDisposable _attendance = attendance.Join(run.Id);
    private int _watchers;

    /// <summary>What the client starts from.</summary>
    /// <param name="elsewhere">How many clients of other replicas watch the run.</param>
    public async Task<RunSnapshot> SnapshotAsync(Task<int> elsewhere)
    {
        _watchers = await elsewhere + attendance.CountHere(run.Id);
        return new RunSnapshot(run.Snapshot.Run, run.Snapshot.Events, run.Snapshot.Gap, _watchers);
    }

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

            if (update.Watchers is { } watchers && watchers != _watchers)
            {
                _watchers = watchers;
                await SendAsync(HubMessages.Watchers, Subject, watchers);
            }
        }

        if (!cancellation.IsCancellationRequested)
            await SendAsync(HubMessages.Notice, new Notice("info", $"Run {Subject} was deleted, so there is nothing more to watch."));
    }

    protected override ValueTask LeaveAsync()
    {
        _attendance.Dispose();
        return run.DisposeAsync();
    }
}

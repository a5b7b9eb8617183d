using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>One line an event, for pipes and files.</summary>
internal sealed class PlainWatchView(Session session, bool prefix) : IWatchView
{
    private readonly InterruptionNotice _notice = new(session.Messages);

    public TimeSpan? Beat => null;

    public void Happened(WatchedRun run, RunEvent item)
    {
        _notice.Restored();
        session.Out.Line(prefix ? $"{run.Id}  {EventText.Line(item)}" : EventText.Line(item));
    }

    public void Ended(WatchedRun run)
    {
    }

    public void Interrupted(WatchInterruption interruption) => _notice.Interrupted(interruption);

    public void Tick()
    {
    }

    public void Leave()
    {
    }
}

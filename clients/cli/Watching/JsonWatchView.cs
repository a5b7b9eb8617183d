using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>One line of JSON an event.</summary>
internal sealed class JsonWatchView(Session session) : IWatchView
{
    private readonly InterruptionNotice _notice = new(session.Messages);

    public TimeSpan? Beat => null;

    public void Happened(WatchedRun run, RunEvent item)
    {
        _notice.Restored();
        session.Out.Line(JsonText.Event(run.Id, item));
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

using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>One line of JSON an event.</summary>
internal sealed class JsonWatchView(Session session) : IWatchView
{
    public TimeSpan? Beat => null;

    public void Happened(WatchedRun run, RunEvent item) => session.Out.Line(JsonText.Event(run.Id, item));

    public void Ended(WatchedRun run)
    {
    }

    public void Interrupted(WatchInterruption interruption) => InterruptionText.Write(session.Messages, interruption);

    public void Tick()
    {
    }

    public void Leave()
    {
    }
}

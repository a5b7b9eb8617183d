using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>One line an event, for pipes and files.</summary>
internal sealed class PlainWatchView(Session session, bool prefix) : IWatchView
{
    public TimeSpan? Beat => null;

    public void Happened(WatchedRun run, RunEvent item) =>
        session.Out.Line(prefix ? $"{run.Id}  {EventText.Line(item)}" : EventText.Line(item));

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

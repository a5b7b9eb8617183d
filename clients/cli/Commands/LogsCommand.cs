using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;
using Fleet.Cli.Watching;
using Fleet.Client;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet logs</c>: the lines a run's handler wrote.</summary>
internal static class LogsCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the run's end" };
        return new FleetCommand("logs", "Print the lines that a run logged.", "fleet logs 01KAJ8Q5V3002MRX4T9G7N1Z6C -f")
        {
            id, follow,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            // Asked first, so that a wrong id or an unreachable server is told at once instead of being tried again.
            var run = await session.Client.GetRunAsync(RunIds.Read(parsed.GetRequiredValue(id)), cancellation);
            var notice = new InterruptionNotice(session.Messages);
            var events = parsed.GetValue(follow)
                ? session.Client.WatchRunAsync(run.Id, new RunWatchOptions { Interrupted = notice.Interrupted }, cancellation)
                : session.Client.AllEventsAsync(run.Id, after: 0, cancellation);
            await foreach (var item in events)
            {
                notice.Restored();
                if (item.Type == EventType.Log) Write(session, run.Id, item);
            }

            return ExitCode.Fine;
        });
    }

    private static void Write(Session session, RunId run, RunEvent item)
    {
        if (session.Json) session.Out.Line(JsonText.Event(run, item));
        // What stands in a file or goes into a pipe stays as the job wrote it.
        else if (!session.Out.IsTerminal) session.Out.Line(EventText.Text(item, "line") ?? "");
        else session.Out.Line(EventText.Summary(item), EventText.IsErrorOutput(item) ? Tint.Warning : Tint.None);
    }
}

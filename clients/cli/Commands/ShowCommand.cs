using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet show</c>: a run with all its details.</summary>
internal static class ShowCommand
{
    /// <summary>How many of the timeline's newest events are shown.</summary>
    private const int MostEvents = 30;

    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        return new FleetCommand("show", "Show a run: its state, input, output or error, and what happened to it.", "fleet show 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = await session.Client.GetRunAsync(RunIds.Read(parsed.GetRequiredValue(id)), cancellation);
            if (session.Json)
            {
                JsonText.Document(session.Host, run);
                return ExitCode.Fine;
            }

            // Progress and log lines would bury the rest; 'fleet logs' has the lines.
            var events = new Queue<RunEvent>();
            await foreach (var item in session.Client.AllEventsAsync(run.Id, after: 0, cancellation))
            {
                if (item.Type is EventType.Log or EventType.Progress) continue;
                events.Enqueue(item);
                if (events.Count > MostEvents) events.Dequeue();
            }

            RunText.Details(session.Out, run, [.. events], session.Host.Time.GetUtcNow());
            return ExitCode.Fine;
        });
    }
}

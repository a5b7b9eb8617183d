using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet cancel</c>: cancels a run.</summary>
internal static class CancelCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        return new FleetCommand("cancel", "Cancel a run. One that is running is told, and gets a moment to stop.", "fleet cancel 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = await session.Client.CancelAsync(RunIds.Read(parsed.GetRequiredValue(id)), cancellation);
            if (session.Json) JsonText.Document(session.Host, run);
            else session.Out.Line(run.State == RunState.Cancelled ? $"{run.Id} is cancelled." : $"{run.Id} is {run.State.Name()} and was told to stop.");
            return ExitCode.Fine;
        });
    }
}

using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet delete</c>: forgets a run that has ended.</summary>
internal static class DeleteCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        return new FleetCommand("delete", "Forget a run that has ended, with all that is known of it.", "fleet delete 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = RunIds.Read(parsed.GetRequiredValue(id));
            await session.Client.DeleteAsync(run, cancellation);
            if (session.Json) JsonText.Document(session.Host, new { id = run });
            else session.Out.Line($"{run} is deleted.");
            return ExitCode.Fine;
        });
    }
}

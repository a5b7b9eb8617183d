using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet retry</c>: puts a final run back into its queue.</summary>
internal static class RetryCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        return new FleetCommand("retry", "Put a run that has ended back into its queue.", "fleet retry 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = await session.Client.RetryAsync(RunIds.Read(parsed.GetRequiredValue(id)), cancellation);
            if (session.Json) JsonText.Document(session.Host, run);
            else session.Out.Line($"{run.Id} is {run.State.Name()} again.");
            return ExitCode.Fine;
        });
    }
}

using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet why</c>: why a run is where it is.</summary>
internal static class WhyCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        return new FleetCommand("why", "Say why a run is where it is, and what would change that.", "fleet why 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            id,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var run = RunIds.Read(parsed.GetRequiredValue(id));
            var explanation = await session.Client.ExplainAsync(run, cancellation);
            if (session.Json) JsonText.Document(session.Host, explanation);
            else Write(session.Out, run, explanation);
            return ExitCode.Fine;
        });
    }

    private static void Write(Screen screen, RunId run, RunExplanation explanation)
    {
        screen.Write($"{run} is ", Tint.Faint);
        screen.Line(explanation.State.Name(), Tints.Of(explanation.State));
        foreach (var reason in explanation.Reasons) screen.Line($"- {Printable.Line(reason.Text)}");
    }
}

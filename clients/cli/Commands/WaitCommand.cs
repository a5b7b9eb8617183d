using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Watching;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet wait</c>: waits for a run's end.</summary>
internal static class WaitCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var id = RunIds.Argument();
        var timeout = new Option<string?>("--timeout") { Description = "Give up after this long: 30, 90s, 15m. Default: never", HelpName = "DURATION" };
        return new FleetCommand(
            "wait",
            "Wait for a run's end and print its output. Exit code 1 unless it succeeds in time.",
            "fleet wait 01KAJ8Q5V3002MRX4T9G7N1Z6C --timeout 5m")
        {
            id, timeout,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var limit = Durations.Read(parsed.GetValue(timeout), "--timeout");
            // Asked first, so that an unreachable server is told at once instead of being tried again.
            var run = await session.Client.GetRunAsync(RunIds.Read(parsed.GetRequiredValue(id)), cancellation);
            return await Waiting.ForEndAsync(session, run, limit, cancellation);
        });
    }
}

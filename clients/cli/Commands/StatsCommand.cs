using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet stats</c>: the fleet in numbers.</summary>
internal static class StatsCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("stats", "Show how many runs are in each state, and how quickly they pass.", "fleet stats")
            .Does(sessions, async (_, session, cancellation) =>
            {
                var stats = await session.Client.GetStatsAsync(cancellation);
                if (session.Json) JsonText.Document(session.Host, stats);
                else CatalogueText.Stats(session.Out, stats);
                return ExitCode.Fine;
            });
}

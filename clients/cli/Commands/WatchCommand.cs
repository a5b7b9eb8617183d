using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Watching;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet watch</c>: shows live what runs do.</summary>
internal static class WatchCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var ids = new Argument<string[]>("ID") { Description = "The ids of the runs", Arity = ArgumentArity.OneOrMore };
        return new FleetCommand(
            "watch",
            "Show live what runs do, from their beginning to their end. Exit code 1 unless all succeed.",
            "fleet watch 01KAJ8Q5V3002MRX4T9G7N1Z6C")
        {
            ids,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var runs = new List<WatchedRun>();
            foreach (var id in parsed.GetRequiredValue(ids).Select(RunIds.Read).Distinct())
            {
                // Asked first, so that a wrong id or an unreachable server is told at once instead of being tried again.
                var run = await session.Client.GetRunAsync(id, cancellation);
                runs.Add(new WatchedRun(run.Id, run.Job));
            }

            return await new Watch(session, runs).FollowAsync(cancellation);
        });
    }
}

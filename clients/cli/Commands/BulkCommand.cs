using System.CommandLine;
using Fleet.Cli.Input;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet bulk</c>: retries, cancels or deletes all runs that match.</summary>
internal static class BulkCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var bulk = new FleetCommand("bulk", "Retry, cancel or delete many runs, in the background and with progress.", "fleet bulk retry --state failed --job text.stats")
        {
            Action(sessions, BulkAction.Retry, "Put runs that have ended back into their queues.", "fleet bulk retry --state failed --since 1h"),
            Action(sessions, BulkAction.Cancel, "Cancel runs that have not ended.", "fleet bulk cancel --queue mail --tag campaign-7"),
            Action(sessions, BulkAction.Delete, "Forget runs that have ended.", "fleet bulk delete --state succeeded --until 7d --yes"),
        };
        // Which of the three is for the person to say.
        bulk.SetAction(parsed => bulk.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return bulk;
    }

    private static FleetCommand Action(SessionFactory sessions, BulkAction action, string description, string example)
    {
        var ids = new Argument<string[]>("ID") { Description = "Only these runs", Arity = ArgumentArity.ZeroOrMore };
        var state = new Option<string?>("--state", "-s") { Description = "Only runs in this state", HelpName = "STATE" };
        var job = new Option<string?>("--job", "-j") { Description = "Only runs of this job", HelpName = "JOB" };
        var queue = new Option<string?>("--queue", "-q") { Description = "Only runs of this queue", HelpName = "QUEUE" };
        var tag = new Option<string?>("--tag", "-t") { Description = "Only runs with this tag", HelpName = "TAG" };
        var schedule = new Option<string?>("--schedule") { Description = "Only runs that this schedule created", HelpName = "NAME" };
        var since = new Option<string?>("--since") { Description = "Only runs since a time, or since so long ago: 15m, 2h, 1d", HelpName = "TIME" };
        var until = new Option<string?>("--until") { Description = "Only runs before a time, or older than this: 15m, 2h, 1d", HelpName = "TIME" };
        var all = new Option<bool>("--all") { Description = "Every run, where nothing else says which" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say how many runs match" };
        var noWait = new Option<bool>("--no-wait") { Description = "Print the id of the run that does it, and do not wait for its end" };
        var yes = Confirmation.Option();

        return new FleetCommand(BulkWork.Name(action), description, example)
        {
            ids, state, job, queue, tag, schedule, since, until, all, dryRun, noWait, yes,
        }.Does(sessions, (parsed, session, cancellation) =>
        {
            var filter = new BulkFilter
            {
                State = Choices.State(parsed.GetValue(state)),
                Job = parsed.GetValue(job),
                Queue = parsed.GetValue(queue),
                Tag = parsed.GetValue(tag),
                Schedule = parsed.GetValue(schedule),
                Since = Durations.ReadMoment(parsed.GetValue(since), "--since", session.Host.Time),
                Until = Durations.ReadMoment(parsed.GetValue(until), "--until", session.Host.Time),
                Ids = parsed.GetValue(ids) is { Length: > 0 } given ? [.. given.Select(RunIds.Read)] : null,
            };
            if (filter == new BulkFilter() && !parsed.GetValue(all))
                throw new UsageException($"Say which runs to {BulkWork.Name(action)}: by id, with options such as --state and --job, or --all.");
            return new BulkWork(session, new BulkRequest { Action = action, Filter = filter })
                .DoAsync(parsed.GetValue(dryRun), parsed.GetValue(noWait), parsed.GetValue(yes), cancellation);
        });
    }
}

using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet queues</c>: the queues and how full they are; its subcommands pause, resume and purge one.</summary>
internal static class QueuesCommand
{
    public static Command Create(SessionFactory sessions) =>
        new FleetCommand("queues", "List the queues and how full they are, or change one.", "fleet queues pause mail")
        {
            Pause(sessions), Resume(sessions), Purge(sessions),
        }.Does(sessions, async (_, session, cancellation) =>
        {
            var queues = await session.Client.ListQueuesAsync(cancellation);
            if (session.Json) JsonText.Document(session.Host, new Page<QueueInfo>(queues, Next: null));
            else if (queues.Count > 0) CatalogueText.Queues(session.Out, queues);
            else session.Messages.Line("No queues yet: a queue exists from its first run on.");
            return ExitCode.Fine;
        });

    private static Argument<string> Name() => new("NAME") { Description = "The queue's name" };

    private static FleetCommand Pause(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("pause", "Have the workers take nothing more from a queue. What runs goes on.", "fleet queues pause mail")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var queue = await session.Client.PauseQueueAsync(parsed.GetRequiredValue(name), cancellation);
            if (session.Json) JsonText.Document(session.Host, queue);
            else session.Out.Line($"{queue.Name} is paused: {BulkWork.Runs(queue.Depth)} {(queue.Depth == 1 ? "waits" : "wait")} in it, {queue.InFlight} in flight.");
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Resume(SessionFactory sessions)
    {
        var name = Name();
        return new FleetCommand("resume", "Have the workers take runs from a queue again.", "fleet queues resume mail")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var queue = await session.Client.ResumeQueueAsync(parsed.GetRequiredValue(name), cancellation);
            if (session.Json) JsonText.Document(session.Host, queue);
            else session.Out.Line($"{queue.Name} is not paused: {BulkWork.Runs(queue.Depth)} {(queue.Depth == 1 ? "waits" : "wait")} in it, {queue.InFlight} in flight.");
            return ExitCode.Fine;
        });
    }

    private static FleetCommand Purge(SessionFactory sessions)
    {
        var name = Name();
        var yes = Confirmation.Option();
        return new FleetCommand("purge", "Cancel what waits in a queue, scheduled runs too. What runs goes on.", "fleet queues purge mail")
        {
            name, yes,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var queue = parsed.GetRequiredValue(name);
            if (!await Confirmation.AskAsync(session, parsed.GetValue(yes), $"Cancel all runs that wait in the queue '{queue}'?", cancellation)) return ExitCode.Fine;
            var result = await session.Client.PurgeQueueAsync(queue, cancellation);
            if (session.Json) JsonText.Document(session.Host, result);
            else session.Out.Line($"{BulkWork.Runs(result.Purged)} {(result.Purged == 1 ? "was" : "were")} cancelled{(result.Run is null ? "." : "; the others follow.")}");
            return result.Run is { } rest && !session.Json ? await BulkWork.FollowAsync(session, rest, "cancelled", cancellation) : ExitCode.Fine;
        });
    }
}

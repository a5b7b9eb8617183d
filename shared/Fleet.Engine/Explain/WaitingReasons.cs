using System.Globalization;
using Fleet.Engine.Runs;

namespace Fleet.Engine.Explain;

/// <summary>Why a run is not running yet.</summary>
internal static class WaitingReasons
{
    /// <summary>For how long a run that is due may honestly stay where it is: the sweep may just have changed hands.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(5);

    /// <summary>How many of its runs a worker names.</summary>
    private const int MostNamed = 100;

    /// <summary>For one whose time has not come.</summary>
    public static IEnumerable<RunReason> Scheduled(RunRecord record, Surroundings around)
    {
        yield return Later(record, around);
        foreach (var obstacle in Obstacles(record.Run, around))
        {
            // Who is busy now may well be free by then.
            if (obstacle.Code != "all-slots-busy") yield return obstacle with { Text = $"Once it is due, it will wait on. {obstacle.Text}" };
        }

        if (Expiry(record, around) is { } expiry) yield return expiry;
    }

    /// <summary>For one that waits in its queue.</summary>
    public static IEnumerable<RunReason> Queued(RunRecord record, EntryHolder? holder, LinePosition? position, Surroundings around)
    {
        var run = record.Run;
        foreach (var obstacle in Obstacles(run, around)) yield return obstacle;
        if (holder is not null)
        {
            yield return Words.Reason("taken",
                $"Worker {holder.Worker} took it {Words.For(holder.Idle)} ago and is about to start it; where it does not know the job, it puts the run back after about a second.",
                ("worker", holder.Worker));
        }

        if (position is not null) yield return Position(run, position, around);
        if (Expiry(record, around) is { } expiry) yield return expiry;
    }

    private static RunReason Later(RunRecord record, Surroundings around)
    {
        var run = record.Run;
        var newest = record.Lifecycle[^1];
        if (run.DueAt is not { } due) return Words.Reason("due", "It is due now and enters its queue in a moment.");
        if (around.Now - due > Overdue)
        {
            return Words.Reason("overdue",
                $"It was due {Words.For(around.Now - due)} ago, at {Words.At(due)}, and nobody has put it into its queue: no process sweeps. Start an API or a worker.",
                ("dueAt", due));
        }

        var when = $"{(due > around.Now ? $"in {Words.For(due - around.Now)}" : "now")}, at {Words.At(due)}";
        if (newest.Type == EventType.Retrying)
        {
            return Words.Reason("retry-wait",
                $"Attempt {run.Attempt} of {run.MaxAttempts} failed{Words.Error(run.Error)} The next one is due {when}. Cancel the run to have no more.",
                ("attempt", run.Attempt), ("maxAttempts", run.MaxAttempts), ("dueAt", due), ("error", run.Error));
        }

        return newest.Data?.TryGetProperty("reason", out var reason) == true && reason.GetString() == "snoozed"
            ? Words.Reason("snoozed", $"Its handler put it off. It is due again {when}.", ("dueAt", due))
            : Words.Reason("due", $"It was accepted for later. It is due {when}; then it enters its queue.", ("dueAt", due));
    }

    /// <summary>What keeps workers from taking it; none of it is in Fleet's own runs' way, which API processes execute.</summary>
    private static IEnumerable<RunReason> Obstacles(Run run, Surroundings around)
    {
        if (around.IsSystem) yield break;
        if (around.Paused.Contains(run.Queue))
        {
            yield return Words.Reason("queue-paused",
                $"The queue '{run.Queue}' is paused: nobody takes runs from it until it is resumed (./fleet queues resume {run.Queue}).",
                ("queue", run.Queue));
        }

        if (Absence(run, around) is { } absence) yield return absence;
    }

    /// <summary>The first that is missing of: a worker, one that serves the queue, knows the job, does not drain, has a free slot.</summary>
    private static RunReason? Absence(Run run, Surroundings around)
    {
        var serving = around.Serving(run.Queue);
        if (serving.Count == 0) return NobodyServes(run, around);
        var knowing = serving.Where(worker => worker.Jobs.Contains(run.Job)).ToList();
        if (knowing.Count == 0) return NobodyKnows(run, serving, around);

        var taking = knowing.Where(worker => worker.State != WorkerState.Draining).ToList();
        if (taking.Count == 0)
        {
            return Words.Reason("worker-draining",
                $"Every worker that could take it drains ({NamesOf(knowing)}): it takes nothing more until it is started anew. Start one anew, or another one.",
                ("workers", Ids(knowing)));
        }

        if (taking.Any(worker => worker.Running.Count < Math.Min(worker.Slots, MostNamed))) return null;
        return Words.Reason("all-slots-busy",
            $"All {taking.Sum(worker => worker.Slots)} slots of the workers that can take it ({NamesOf(taking)}) were taken when those were last heard of. "
            + "It starts once one is free; another worker, or more slots (Fleet:Worker:Slots), would start it sooner.",
            ("workers", Ids(taking)), ("slots", taking.Sum(worker => worker.Slots)));
    }

    private static RunReason NobodyServes(Run run, Surroundings around)
    {
        var text = around.Workers.Count == 0
            ? $"No worker is connected, so nobody takes runs from the queue '{run.Queue}'. Start one."
            : $"No worker that is connected serves the queue '{run.Queue}': they serve {Words.Names(around.Workers.SelectMany(worker => worker.Queues))}. "
                + "Start one that does (Fleet:Worker:Queues).";
        return Words.Reason("no-worker-for-queue", text, ("queue", run.Queue), ("workers", Ids(around.Workers)));
    }

    private static RunReason NobodyKnows(Run run, IReadOnlyList<WorkerInfo> serving, Surroundings around)
    {
        var elsewhere = around.Workers.Where(worker => worker.Jobs.Contains(run.Job)).ToList();
        var others = elsewhere.Count == 0 ? "Nor does any other."
            : $"Those that do ({NamesOf(elsewhere)}) serve other queues.";
        return Words.Reason("no-worker-for-job",
            $"No worker that serves the queue '{run.Queue}' knows the job '{run.Job}' (there are {NamesOf(serving)}). {others} Start a worker that does both.",
            ("job", run.Job), ("queue", run.Queue), ("workers", Ids(serving)));
    }

    private static RunReason Position(Run run, LinePosition position, Surroundings around)
    {
        var seconds = around.Rate > 0 ? Math.Round(position.Ahead / around.Rate, 1) : (double?)null;
        var urgent = position.MoreUrgent > 0 ? string.Create(CultureInfo.InvariantCulture, $", {position.MoreUrgent:#,0} of them at a higher priority") : "";
        var pace = seconds is { } wait
            ? string.Create(CultureInfo.InvariantCulture, $"At the fleet's rate of the last 10 s, {around.Rate:0.#} a second, that takes about {Words.For(TimeSpan.FromSeconds(wait))}.")
            : "No run has ended in the last 10 s, so there is no telling how long that takes.";
        var text = position.Ahead == 0
            ? $"It is the next one of the queue '{run.Queue}': a free slot that may take it does so at once."
            : $"{(position.IsLeast ? "At least " : "")}{Words.Runs(position.Ahead)} of the queue '{run.Queue}' {(position.Ahead == 1 ? "is" : "are")} ahead of it{urgent}. {pace} "
                + "More workers would start it sooner, and so would a higher priority.";
        return Words.Reason("waiting-in-line", text,
            ("ahead", position.Ahead), ("atLeast", position.IsLeast), ("moreUrgent", position.MoreUrgent), ("rate", around.Rate), ("seconds", seconds));
    }

    private static RunReason? Expiry(RunRecord record, Surroundings around)
    {
        // A deadline is for the start; an attempt that failed has had one.
        if (record.Run.Attempt > 0 || record.Options.ExpiresAt is not { } by) return null;
        return Words.Reason("expires",
            by > around.Now
                ? $"Unless it is started within {Words.For(by - around.Now)}, by {Words.At(by)}, it expires."
                : $"Its deadline was {Words.At(by)}: it expires instead of being started.",
            ("expiresAt", by));
    }

    private static string NamesOf(IEnumerable<WorkerInfo> workers) => Words.Names(workers.Select(worker => worker.Id));

    private static string[] Ids(IEnumerable<WorkerInfo> workers) => [.. workers.Select(worker => worker.Id)];
}

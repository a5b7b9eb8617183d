using Fleet.Engine.Runs;

namespace Fleet.Engine.Explain;

/// <summary>What a run that is running waits for, and how sure its worker is.</summary>
internal static class RunningReasons
{
    public static IEnumerable<RunReason> Of(RunRecord record, EntryHolder? holder, Surroundings around)
    {
        var run = record.Run;
        if (record.CancelAskedAt is { } asked)
        {
            yield return Words.Reason("cancelling",
                $"Its end was asked for {Words.For(around.Now - asked)} ago. Its handler was told, and loses the run when its grace time is over "
                + "(Fleet:Worker:CancelGrace, 10 s unless its worker is told otherwise).",
                ("askedAt", asked));
        }

        if (holder is null)
        {
            yield return Words.Reason("not-held",
                "It is recorded as running, but no worker holds it: Redis has lost a part of its data. Fork it to have the work done.");
            yield break;
        }

        yield return Held(run, holder, around);
        if (around.Workers.Any(worker => worker.Id == holder.Worker && worker.State == WorkerState.Draining))
        {
            yield return Words.Reason("worker-draining",
                $"Worker {holder.Worker} drains: it ends this run, and takes nothing more until it is started anew.", ("worker", holder.Worker));
        }

        if (record.Options.Timeout is { } timeout && run.StartedAt + timeout is { } until)
        {
            yield return Words.Reason("times-out",
                $"The attempt may take {Words.For(timeout)}: it is ended {(until > around.Now ? $"in {Words.For(until - around.Now)}" : "now")} unless it is done by then"
                + $"{(run.Attempt < run.MaxAttempts ? ", and another one follows." : ", and the run fails.")}",
                ("at", until));
        }
    }

    private static RunReason Held(Run run, EntryHolder holder, Surroundings around)
    {
        var left = around.Lease - holder.Idle;
        // A lease is renewed every third of it, so by now two renewals have failed to come.
        if (holder.Idle > around.Lease * 0.75)
        {
            return Words.Reason("worker-unseen",
                $"Its worker {holder.Worker} was last heard of {Words.For(holder.Idle)} ago. Unless it is heard of again, the run goes back into its queue "
                + $"{(left > TimeSpan.Zero ? $"in {Words.For(left)}" : "with the next sweep, which any API or worker process does")}.",
                ("worker", holder.Worker), ("lastSeen", Math.Round(holder.Idle.TotalSeconds, 1)), ("startedAt", run.StartedAt));
        }

        var since = run.StartedAt is { } started ? $" for {Words.For(around.Now - started)}" : "";
        var done = run.Progress is { } progress
            ? $" It says that it is {Math.Floor(progress.Value * 100)} % done{(progress.Message is { Length: > 0 } message ? $": {message}" : "")}."
            : "";
        var who = around.IsSystem ? $"API process {holder.Worker}" : $"Worker {holder.Worker}";
        return Words.Reason("running",
            $"{who} has been executing attempt {run.Attempt} of {run.MaxAttempts}{since}; it was last heard of {Words.For(holder.Idle)} ago.{done}",
            ("worker", holder.Worker), ("lastSeen", Math.Round(holder.Idle.TotalSeconds, 1)), ("startedAt", run.StartedAt));
    }
}

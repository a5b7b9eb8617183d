using Fleet.Engine.Runs;

namespace Fleet.Engine.Explain;

/// <summary>Why a run has ended as it has.</summary>
internal static class FinalReasons
{
    private const string Again = "Retry it to have it done again, or fork it to have it done with another input.";

    public static RunReason Of(RunRecord record)
    {
        var run = record.Run;
        var at = run.FinishedAt is { } finished ? Words.At(finished) : "an unknown time";
        var took = run.FinishedAt - run.StartedAt is { } time ? $" after {Words.For(time)}" : "";
        var on = run.Worker is { } worker ? $" on worker {worker}" : "";
        return run.State switch
        {
            RunState.Succeeded => Reason(run, $"Attempt {run.Attempt} succeeded{on} at {at}{took}. {Again}"),
            RunState.Failed => Reason(run, $"{Failure(run)} {Advice(run)}", ("error", run.Error)),
            RunState.Cancelled => Reason(run, $"Somebody asked for its end, and it ended at {at}{(run.Attempt == 0 ? " without having been started" : "")}. {Again}"),
            RunState.Expired => Reason(run,
                $"It was not started by its deadline{(record.Options.ExpiresAt is { } by ? $", {Words.At(by)}" : "")}. Retry or fork it to have it done all the same; the deadline is then gone.",
                ("expiresAt", record.Options.ExpiresAt)),
            _ => Reason(run, $"Its condition said at {at} that it should not run. {Again}"),
        };
    }

    private static RunReason Reason(Run run, string text, params (string, object?)[] data) => Words.Reason(run.State.Name(), text,
        [("attempt", run.Attempt), ("finishedAt", run.FinishedAt), ("worker", run.Worker), .. data]);

    private static string Failure(Run run) => run.Error?.Type == "worker-lost"
        ? $"It was given up. {run.Error.Message}"
        : run.Attempt >= run.MaxAttempts
            ? $"Attempt {run.Attempt} of {run.MaxAttempts}, the last one it had, failed{Words.Error(run.Error)}"
            : $"Attempt {run.Attempt} of {run.MaxAttempts} failed{Words.Error(run.Error)} Such an error allows no further attempt.";

    private static string Advice(Run run) => run.Error?.Type == "worker-lost"
        ? "It may well take its worker down again: look into that before it is retried."
        : "Once the cause is mended, retry it; or fork it to have it done with another input.";
}

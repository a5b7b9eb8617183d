using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Checking;

/// <summary>How a run may end, by what it was told to do.</summary>
internal static class OutcomeChecks
{
    private const string WorkerLost = "worker-lost";
    private const string TimedOut = "timeout";

    /// <summary>How many workers a run may take down before it is failed.</summary>
    private const int LossesAllowed = 3;

    public static IEnumerable<Objection> AsAsked(Evidence evidence) =>
        from story in evidence.History.Runs
        let step = Evidence.StepOf(story.Run)
        where step is not null && story.Run.State.IsFinal()
        let wrong = Wrong(evidence, story, step)
        where wrong is not null
        select new Objection(story.Run.Id, $"It was told to {step.Do} and is {story.Run.State.Name()}: {wrong}.");

    private static string? Wrong(Evidence evidence, RunStory story, Step step)
    {
        var run = story.Run;
        return run.State switch
        {
            RunState.Succeeded when step.Do is Deed.Fail or Deed.Permanent or Deed.Hang => "what it does cannot succeed",
            RunState.Succeeded => OutputFits(run, step) ? null : $"its output {run.Output} is not of its input",
            RunState.Cancelled => evidence.CallsOf[run.Id].Any(call => call.Kind == CallKind.Cancel) ? null : "nobody cancelled it",
            RunState.Expired => step.ExpiresAt is { } at && story.Events[^1].At >= at ? null : "its time was not over",
            RunState.Failed when run.Error?.Type == WorkerLost => Losses(story) == LossesAllowed - 1
                ? null
                : $"it says that {LossesAllowed} workers were lost; before the last of them there were {Losses(story)}",
            RunState.Failed => FailureFits(story, step),
            _ => "nothing asked for that",
        };
    }

    private static bool OutputFits(Run run, Step step) =>
        run.Output is { } && Evidence.OutputOf(new RunEvent(0, EventType.Succeeded, default, 0, System.Text.Json.JsonSerializer.SerializeToElement(new { output = run.Output })))
            is { } output && output.Op == step.Op && output.Index == step.Index && output.Text == step.Text;

    private static string? FailureFits(RunStory story, Step step)
    {
        var error = story.Run.Error;
        return step.Do switch
        {
            Deed.Permanent when story.Events.Any(e => e.Type == EventType.Retrying) => "it was tried again after an error that says not to",
            Deed.Fail or Deed.Permanent => error?.Message == ScriptedJob.Told ? null : $"its error is {error}",
            Deed.Hang or Deed.Stubborn => error?.Type == TimedOut ? null : $"its error is {error}",
            _ => $"it could have succeeded, and its error is {error}",
        };
    }

    /// <summary>How often its newest life was taken away from a worker and put back.</summary>
    private static int Losses(RunStory story) =>
        story.Events.Reverse().TakeWhile(e => !Replay.IsRebirth(e)).Count(e => e.Type == EventType.Recovered);
}

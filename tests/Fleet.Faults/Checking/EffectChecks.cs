using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What successes must have to do with what handlers did outside Redis.</summary>
internal static class EffectChecks
{
    public static IEnumerable<Objection> SuccessHasEffect(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            foreach (var success in events.Where(e => e.Type == EventType.Succeeded))
            {
                if (EffectOf(evidence, run, success) is null)
                    yield return new Objection(run.Id, $"#{success.Seq} succeeded with attempt {success.Attempt}, and no handler has recorded that it did anything.");
            }
        }
    }

    public static IEnumerable<Objection> NoFencedSuccess(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            var replay = new Replay();
            foreach (var e in events)
            {
                if (e.Type == EventType.Succeeded)
                {
                    if (!replay.Runs(e.Attempt))
                        yield return new Objection(run.Id, $"#{e.Seq} is a success of attempt {e.Attempt}, which no longer was the current one.");
                    // An attempt that was given back has the number of the next, so the number alone does not tell who did it.
                    else if (EffectOf(evidence, run, e) is { } effect && effect.Worker != replay.Worker)
                        yield return new Objection(run.Id, $"#{e.Seq} is a success of {effect.Worker}, though {replay.Worker} had the run.");
                }

                replay.Next(e);
            }
        }
    }

    /// <summary>The completed execution that a success stands for.</summary>
    private static Effect? EffectOf(Evidence evidence, Run run, RunEvent success)
    {
        // Of a success in an earlier life the output is no longer kept.
        if (Evidence.OutputOf(success) is not { } output)
            return evidence.EffectsOf[run.Id].FirstOrDefault(effect => effect.Phase == EffectPhase.Done && effect.Attempt == success.Attempt);
        return evidence.Done.GetValueOrDefault(output.Effect) is { } effect && effect.Run == run.Id && effect.Attempt == success.Attempt ? effect : null;
    }
}

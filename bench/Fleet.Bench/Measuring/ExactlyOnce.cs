namespace Fleet.Bench.Measuring;

/// <summary>Says what is wrong with a round: a rate says nothing when runs were lost or executed twice.</summary>
internal static class ExactlyOnce
{
    /// <summary>queued, started, succeeded: one attempt, one end.</summary>
    private const int EventsOfOneAttempt = 3;

    /// <exception cref="MeasurementException">A run was lost, has failed or was executed more than once.</exception>
    /// <param name="accepted">The runs that were accepted.</param>
    /// <param name="records">What became of them, in the same order.</param>
    /// <param name="executions">How many times a handler was called, in all workers.</param>
    public static void Require(IReadOnlyList<RunId> accepted, IReadOnlyList<RunOutcome> records, long executions)
    {
        if (accepted.Distinct().Count() != accepted.Count) throw new MeasurementException("Two runs that were accepted have the same id.");
        if (records.Count != accepted.Count) throw new MeasurementException($"Of {accepted.Count} runs {records.Count} were looked for.");
        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].State != RunState.Succeeded)
                throw new MeasurementException($"Run {accepted[i]} is {records[i].State?.ToString() ?? "lost"}: the figures would be wrong.");
            if (records[i].Seq != EventsOfOneAttempt)
                throw new MeasurementException($"Run {accepted[i]} has {records[i].Seq} events, and one execution makes {EventsOfOneAttempt}.");
        }

        if (executions != accepted.Count) throw new MeasurementException($"{accepted.Count} runs were executed {executions} times.");
    }
}

/// <summary>A run's state, null where there is no such run, and the number of its newest event.</summary>
internal readonly record struct RunOutcome(RunState? State, long Seq);

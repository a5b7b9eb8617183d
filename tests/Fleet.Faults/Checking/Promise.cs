namespace Fleet.Faults.Checking;

/// <summary>What Fleet promises, and how a history is held against it.</summary>
/// <param name="Name">The promise, in words.</param>
/// <param name="Check">What in a history contradicts it.</param>
internal sealed record Promise(string Name, Func<Evidence, IEnumerable<Objection>> Check)
{
    /// <summary>All that are checked.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        new("The suite did what it set out to do", SuiteChecks.DidItsWork),
        new("Every accepted run is there and final", IntakeChecks.Final),
        new("A request leads to each of its runs once, however often it is sent", IntakeChecks.Once),
        new("What the API answered is what happened", AnswerChecks.True),
        new("A timeline is numbered 1, 2, 3 … without gaps", TimelineChecks.Gapless),
        new("A timeline follows the state diagram", TimelineChecks.Legal),
        new("Every life of a run has one final transition", TimelineChecks.OneEnd),
        new("A run lives again only when asked to", TimelineChecks.LivesAsked),
        new("Attempts only grow", TimelineChecks.AttemptsGrow),
        new("Every success has its effect", EffectChecks.SuccessHasEffect),
        new("No success of a fenced attempt is recorded", EffectChecks.NoFencedSuccess),
        new("Every run ends as its input asks", OutcomeChecks.AsAsked),
        new("Nothing is left pending, due or listed as active", LeftoverChecks.Nothing),
        new("A watcher sees the timeline, each event once and in order", WatchChecks.SameAsTimeline),
        new("A schedule ticks exactly once at each of its times", ScheduleChecks.OnceEach),
        new("A process ends only when told to, and then in good order", SuiteChecks.ProcessesStay),
    ];
}

/// <summary>Something that contradicts a promise.</summary>
/// <param name="Run">The run it is about, where it is about one.</param>
/// <param name="Text">What is wrong.</param>
internal sealed record Objection(RunId? Run, string Text);

/// <summary>What a history says of a promise.</summary>
internal sealed record Verdict(Promise Promise, IReadOnlyList<Objection> Objections)
{
    /// <summary>Whether it was kept.</summary>
    public bool IsKept => Objections.Count == 0;

    /// <summary>Holds a history against every promise.</summary>
    public static IReadOnlyList<Verdict> Of(Evidence evidence) =>
        [.. Promise.All.Select(promise => new Verdict(promise, [.. promise.Check(evidence)]))];
}

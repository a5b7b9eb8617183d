namespace Fleet.Faults.Checking;

/// <summary>Follows a timeline through the state diagram, event by event.</summary>
internal sealed class Replay
{
    private Phase _phase;
    private int _counted;
    private int _current;

    private enum Phase
    {
        Nowhere,
        Scheduled,
        Queued,
        Running,

        /// <summary>Given back or taken away, and about to be queued.</summary>
        Returned,
        Final,
    }

    /// <summary>The state after the events so far.</summary>
    public RunState State { get; private set; }

    /// <summary>The attempt that the run's record names after the events so far.</summary>
    public int Attempt => _phase is Phase.Running ? _current : _counted;

    /// <summary>The worker of the attempt that runs; null when none does.</summary>
    public string? Worker { get; private set; }

    /// <summary>Whether an attempt of this number runs.</summary>
    public bool Runs(int attempt) => _phase == Phase.Running && _current == attempt;

    /// <summary>Whether an event begins another life.</summary>
    public static bool IsRebirth(RunEvent e) => e.Type == EventType.Queued && Reason(e) == "retry";

    /// <summary>Whether an event ends an attempt that does not count.</summary>
    public static bool IsUncounted(RunEvent e) => e.Type == EventType.Released || (e.Type == EventType.Scheduled && Reason(e) == "snoozed");

    /// <summary>Goes on by one event; what is wrong with it, or null.</summary>
    public string? Next(RunEvent e)
    {
        var wrong = (_phase, e.Type) switch
        {
            (Phase.Nowhere, EventType.Scheduled or EventType.Queued) => Expect(e, 0),
            (Phase.Scheduled, EventType.Queued or EventType.Cancelled or EventType.Expired or EventType.Skipped) => Expect(e, _counted),
            (Phase.Queued, EventType.Cancelled or EventType.Expired or EventType.Skipped) => Expect(e, _counted),
            (Phase.Queued, EventType.Started) => Expect(e, _counted + 1),
            (Phase.Running, EventType.Progress or EventType.Log or EventType.Retrying or EventType.Released or EventType.Recovered
                or EventType.Succeeded or EventType.Failed or EventType.Cancelled) => Expect(e, _current),
            (Phase.Running, EventType.Scheduled) when IsUncounted(e) => Expect(e, _current),
            (Phase.Returned, EventType.Queued) => Expect(e, _current),
            (Phase.Final, EventType.Queued) when IsRebirth(e) => Expect(e, _counted),
            _ => $"#{e.Seq} {e.Type.Name()} cannot follow while the run is {(_phase == Phase.Nowhere ? "new" : State.Name())}",
        };
        Move(e);
        return wrong;
    }

    // Whatever was wrong: what follows is judged from where the event says that the run is.
    private void Move(RunEvent e)
    {
        if (e.Type is EventType.Progress or EventType.Log) return;
        (_phase, State) = e.Type switch
        {
            EventType.Scheduled or EventType.Retrying => (Phase.Scheduled, RunState.Scheduled),
            EventType.Queued => (Phase.Queued, RunState.Queued),
            EventType.Started => (Phase.Running, RunState.Running),
            EventType.Released or EventType.Recovered => (Phase.Returned, RunState.Queued),
            _ => (Phase.Final, RunStates.Parse(e.Type.Name())),
        };
        if (e.Type == EventType.Started) _current = e.Attempt;
        // An attempt that was given back or put off does not count: the next one has its number.
        if (e.Type != EventType.Queued) _counted = IsUncounted(e) ? e.Attempt - 1 : e.Type == EventType.Started ? _counted : e.Attempt;
        Worker = e.Type == EventType.Started && e.Data is { } data && data.TryGetProperty("worker", out var worker) ? worker.GetString() : null;
    }

    private static string? Expect(RunEvent e, int attempt) =>
        e.Attempt == attempt ? null : $"#{e.Seq} {e.Type.Name()} is of attempt {e.Attempt}, and attempt {attempt} is the current one";

    private static string? Reason(RunEvent e) =>
        e.Data is { ValueKind: System.Text.Json.JsonValueKind.Object } data && data.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
}

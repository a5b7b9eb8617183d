namespace Fleet.Engine.Work;

/// <summary>How an attempt can end. The names in lower case are the script's.</summary>
public enum AttemptOutcome
{
    /// <summary>The handler returned an output.</summary>
    Succeeded,

    /// <summary>It failed, and no attempt follows.</summary>
    Failed,

    /// <summary>It failed, and another attempt follows after a delay.</summary>
    Retry,

    /// <summary>The handler put the run off; the attempt does not count.</summary>
    Snooze,

    /// <summary>The worker shuts down and gives the run back; the attempt does not count.</summary>
    Release,

    /// <summary>The run's end was asked for.</summary>
    Cancelled,

    /// <summary>The run was taken after its deadline and not started.</summary>
    Expired,
}

/// <summary>The end of an attempt, to be recorded.</summary>
public sealed record AttemptReport
{
    /// <summary>The run.</summary>
    public required TakenRun Run { get; init; }

    /// <summary>How the attempt ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>Output or error as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>How long to wait, after <see cref="AttemptOutcome.Retry"/> and <see cref="AttemptOutcome.Snooze"/>.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When the attempt started, as a timestamp of the worker's monotonic clock; null when it never did.</summary>
    public long? StartedAt { get; init; }
}

/// <summary>Progress and log lines of an attempt, to be recorded in order.</summary>
/// <param name="Run">The run.</param>
/// <param name="StartedAt">When the attempt started, as a timestamp of the worker's monotonic clock.</param>
/// <param name="Events">Each event's type and its data as JSON text.</param>
public sealed record AttemptEvents(TakenRun Run, long StartedAt, IReadOnlyList<AttemptEvent> Events);

/// <summary>One progress or log event.</summary>
/// <param name="Type"><see cref="EventType.Progress"/> or <see cref="EventType.Log"/>.</param>
/// <param name="Data">Its data as JSON text.</param>
public readonly record struct AttemptEvent(EventType Type, string Data);

/// <summary>What a worker learns when it reports that an attempt is under way. The numbers are the script's replies.</summary>
public enum AttemptStanding
{
    /// <summary>The attempt is no longer current: the run was given to somebody else. Whatever the handler does is in vain.</summary>
    Lost = 0,

    /// <summary>The attempt is current.</summary>
    Current = 1,

    /// <summary>The attempt is current, and somebody asked for the run's end.</summary>
    CancelRequested = 2,
}

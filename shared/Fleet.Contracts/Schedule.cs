using System.Text.Json;

namespace Fleet;

/// <summary>A rule that creates runs at times, as the API shows it (contract: "A schedule").</summary>
public sealed record Schedule
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it ticks, as a cron expression of five or six fields; null where it has <c>every</c>.</summary>
    public string? Cron { get; init; }

    /// <summary>How long it is from tick to tick; null where it has <c>cron</c>.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The IANA time zone that <c>cron</c> is read in.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>The job of its runs.</summary>
    public required string Job { get; init; }

    /// <summary>What the handler gets.</summary>
    public JsonElement Input { get; init; }

    /// <summary>The queue of its runs.</summary>
    public required string Queue { get; init; }

    /// <summary>Their line in the queue.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>How many attempts each of its runs may use.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>How long to wait before a retry; null means the job's default.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>How long one attempt may take; null for as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Words to find its runs by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What is attached to its runs; each also gets <c>scheduledAt</c>, the time of its tick.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = Run.EmptyMeta;

    /// <summary>What it does when it ticks while an earlier run of it is not final.</summary>
    public Overlap Overlap { get; init; }

    /// <summary>What it does about ticks that it could not make in time.</summary>
    public Missed Missed { get; init; }

    /// <summary>Each run is put off by a part of this, always the same part for the same tick; null for not at all.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>No tick is before this.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>No tick is after this.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Whether it makes no ticks until somebody resumes it.</summary>
    public bool Paused { get; init; }

    /// <summary>The time of the newest tick that created a run; null before the first.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The run that the newest tick created; null before the first. It may have been forgotten since.</summary>
    public RunId? LastRun { get; init; }

    /// <summary>The next ten times; fewer where it ends before. For a paused one, the times it would have.</summary>
    public IReadOnlyList<DateTimeOffset> Next { get; init; } = [];
}

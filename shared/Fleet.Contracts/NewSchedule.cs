using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a caller sends to have a schedule created or replaced (contract: PUT /v1/schedules/{name}).</summary>
/// <remarks>A schedule as it was answered may be sent back changed: what only the server knows of it is let through and not looked at.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewSchedule
{
    /// <summary>Its name. May be left out, because the address has it.</summary>
    public string? Name { get; init; }

    /// <summary>When it ticks: minute, hour, day of month, month, day of week, with seconds before them where there are six. This or <c>every</c>.</summary>
    public string? Cron { get; init; }

    /// <summary>How long it is from tick to tick, at least a second. This or <c>cron</c>.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The IANA time zone that <c>cron</c> is read in; absent means UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>The job of its runs. Required.</summary>
    public string? Job { get; init; }

    /// <summary>What the handler gets; it must fit the job's input schema. Absent means <c>{}</c>.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The queue; absent means the job's default.</summary>
    public string? Queue { get; init; }

    /// <summary>The line in the queue; absent means the job's default.</summary>
    public Priority? Priority { get; init; }

    /// <summary>How many attempts each run may use, from 1 to 100; absent means the job's default.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How long to wait before a retry; absent means the job's default.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>How long one attempt may take; absent means the job's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Words to find its runs by: at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What is attached to each run: at most 50 entries. <c>scheduledAt</c> is the schedule's own.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>What it does when it ticks while an earlier run of it is not final; absent means <c>allow</c>.</summary>
    public Overlap? Overlap { get; init; }

    /// <summary>What it does about ticks that it could not make in time; absent means <c>latest</c>.</summary>
    public Missed? Missed { get; init; }

    /// <summary>Puts each run off by a part of this, at most a day: always the same part for the same tick.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>No tick is before this. With <c>every</c>, the first tick is at this time.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>No tick is after this.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Whether it makes no ticks until somebody resumes it; absent means as it was, and not for a new one.</summary>
    public bool? Paused { get; init; }

    /// <summary>Not looked at: only the server knows it.</summary>
    public JsonElement? Last { get; init; }

    /// <summary>Not looked at: only the server knows it.</summary>
    public JsonElement? LastRun { get; init; }

    /// <summary>Not looked at: only the server knows it.</summary>
    public JsonElement? Next { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a caller sends to have a run taken (contract: POST /v1/runs).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewRun
{
    /// <summary>The job's name. Required.</summary>
    public string? Job { get; init; }

    /// <summary>What the handler gets; it must fit the job's input schema. Absent means <c>{}</c>.</summary>
    public JsonElement? Input { get; init; }

    /// <summary>The queue; absent means the job's default.</summary>
    public string? Queue { get; init; }

    /// <summary>The line in the queue; absent means the job's default.</summary>
    public Priority? Priority { get; init; }

    /// <summary>How long to wait before it is queued: seconds, or <c>hh:mm:ss</c>. Not together with <c>at</c>.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>When to queue it. Not together with <c>delay</c>.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>How many attempts it may use, from 1 to 100; absent means the job's default.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How long to wait before a retry; absent means the job's default.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>How long one attempt may take; absent means the job's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When it is too late to start it: a run that no attempt was made at by then expires.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Words to find it by: at most 20 of at most 64 characters.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What the caller attaches to it: at most 50 entries.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>
    /// How safe it must be before it is answered for: <c>redis</c> (as Redis is configured), or <c>replicated:N</c> (N replicas have it; else
    /// 503 <c>not-replicated</c>, which names the run). Absent means what <c>Fleet:Durability</c> says. In a batch the strictest counts for all.
    /// </summary>
    public string? Durability { get; init; }

    /// <summary>Says when another run is the same as this one.</summary>
    public UniqueRule? Unique { get; init; }
}

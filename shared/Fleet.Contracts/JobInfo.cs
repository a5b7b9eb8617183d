using System.Text.Json;

namespace Fleet;

/// <summary>A job as workers announced it (contract: GET /v1/jobs).</summary>
public sealed record JobInfo
{
    /// <summary>The job's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, in a sentence or two.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its input.</summary>
    public JsonElement InputSchema { get; init; }

    /// <summary>What its runs get where the caller says nothing.</summary>
    public JobDefaults Defaults { get; init; } = new();
}

/// <summary>What a job's runs get where the caller says nothing.</summary>
public sealed record JobDefaults
{
    /// <summary>The queue.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>The line in the queue.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>How many attempts a run may use.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long one attempt may take; null for as long as it likes.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long to wait before a retry; null for exponential from 2 seconds to 10 minutes.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>How long a succeeded run is kept; null for as long as the deployment keeps them (<c>Fleet:Retention:Succeeded</c>).</summary>
    public TimeSpan? KeepSucceeded { get; init; }

    /// <summary>How long a run is kept that ended in any other way; null for as long as the deployment keeps them (<c>Fleet:Retention:Others</c>).</summary>
    public TimeSpan? KeepOthers { get; init; }
}

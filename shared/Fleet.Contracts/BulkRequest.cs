using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a caller sends to have something done to many runs (contract: POST /v1/runs/bulk).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkRequest
{
    /// <summary>What to do to them. Required.</summary>
    public BulkAction? Action { get; init; }

    /// <summary>Which runs. Required, so that nobody reaches every run by leaving something out; <c>{}</c> says every run.</summary>
    public BulkFilter? Filter { get; init; }

    /// <summary>Only says how many runs match, and does nothing to them.</summary>
    public bool DryRun { get; init; }
}

/// <summary>What can be done to many runs. The names, in lower case, are what the wire carries.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<BulkAction>))]
public enum BulkAction
{
    /// <summary>Puts final runs back into their queues; others do not match.</summary>
    Retry,

    /// <summary>Cancels runs that are not final; others do not match.</summary>
    Cancel,

    /// <summary>Forgets final runs; others do not match.</summary>
    Delete,
}

/// <summary>Which runs something is done to; what is absent lets everything through, and of what is given all must hold.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BulkFilter
{
    /// <summary>Only runs in this state.</summary>
    public RunState? State { get; init; }

    /// <summary>Only runs of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only runs of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs that this schedule created.</summary>
    public string? Schedule { get; init; }

    /// <summary>Only runs created at or after this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only runs created before this.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only these runs, at most 10,000. An empty list is no run at all.</summary>
    public IReadOnlyList<RunId>? Ids { get; init; }
}

/// <summary>What becomes of a <see cref="BulkRequest"/>.</summary>
/// <param name="Matched">How many runs matched when it came.</param>
/// <param name="Run">The run that does it in the background, to be watched, waited for or cancelled like any other; null for a dry run.</param>
public sealed record BulkReceipt(long Matched, RunId? Run);

/// <summary>The output of the run that a <see cref="BulkRequest"/> leads to.</summary>
/// <param name="Matched">How many runs matched when the request came.</param>
/// <param name="Changed">How many were retried, cancelled (or their workers told) or deleted.</param>
/// <param name="Skipped">How many still matched when it was their turn, but could not be changed any more.</param>
public sealed record BulkOutcome(long Matched, long Changed, long Skipped);

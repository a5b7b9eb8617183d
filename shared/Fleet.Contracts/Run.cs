using System.Text.Json;

namespace Fleet;

/// <summary>One execution of a job with one input, as the API shows it (contract: "A run").</summary>
public sealed record Run
{
    /// <summary>Its id.</summary>
    public required RunId Id { get; init; }

    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>The queue it waits in.</summary>
    public required string Queue { get; init; }

    /// <summary>Its line in the queue.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>The tenant it belongs to.</summary>
    public string Tenant { get; init; } = "default";

    /// <summary>Where it is in its life.</summary>
    public required RunState State { get; init; }

    /// <summary>The newest attempt's number; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>How many attempts it may use.</summary>
    public int MaxAttempts { get; init; }

    /// <summary>What the handler gets.</summary>
    public JsonElement Input { get; init; }

    /// <summary>What the handler returned; null until it succeeded.</summary>
    public JsonElement? Output { get; init; }

    /// <summary>Why the newest attempt failed; null when none did or when it succeeded.</summary>
    public RunError? Error { get; init; }

    /// <summary>The newest progress the handler reported.</summary>
    public RunProgress? Progress { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What the caller attached to it.</summary>
    public IReadOnlyDictionary<string, string> Meta { get; init; } = EmptyMeta;

    /// <summary>The worker that executes or last executed it.</summary>
    public string? Worker { get; init; }

    /// <summary>The schedule that created it.</summary>
    public string? Schedule { get; init; }

    /// <summary>The sequence number of the newest event of its timeline.</summary>
    public long Seq { get; init; }

    /// <summary>When it was accepted, by Redis's clock.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due; null unless it is scheduled.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When its newest attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it became final.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    internal static IReadOnlyDictionary<string, string> EmptyMeta { get; } = new Dictionary<string, string>();
}

/// <summary>Why an attempt failed.</summary>
/// <param name="Type">The exception's type, or one of Fleet's own words such as <c>timeout</c>.</param>
/// <param name="Message">What went wrong, in words.</param>
/// <param name="Detail">More for a person who looks into it, such as a shortened stack.</param>
public sealed record RunError(string Type, string Message, string? Detail = null);

/// <summary>How far a handler is.</summary>
/// <param name="Value">From 0 to 1.</param>
/// <param name="Message">What it is at, in words.</param>
public sealed record RunProgress(double Value, string? Message = null);

using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>An error as RFC 9457 has it (contract: "Errors").</summary>
public sealed record FleetProblem
{
    /// <summary><c>urn:fleet:</c> and a slug that a program can tell the error by.</summary>
    public required string Type { get; init; }

    /// <summary>The error in a few words, the same for every occurrence.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status code.</summary>
    public required int Status { get; init; }

    /// <summary>What happened this time and what to do about it.</summary>
    public string? Detail { get; init; }

    /// <summary>For invalid input: what is wrong with each field.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>For <c>not-replicated</c>: the run that was taken all the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RunId? RunId { get; init; }

    /// <summary>For <c>not-replicated</c>, of a batch: the runs that were taken all the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunId>? RunIds { get; init; }
}

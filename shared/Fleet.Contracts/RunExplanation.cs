using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Why a run is where it is, and what would change that (contract: GET /v1/runs/{id}/explain).</summary>
/// <param name="State">Where it is.</param>
/// <param name="Reasons">Why; what matters most first, and never empty.</param>
public sealed record RunExplanation(RunState State, IReadOnlyList<RunReason> Reasons);

/// <summary>One reason why a run is where it is.</summary>
public sealed record RunReason
{
    /// <summary>Tells reasons apart, such as <c>queue-paused</c>; a promise, as the slug of an error is.</summary>
    public required string Code { get; init; }

    /// <summary>The reason in words, and what would change it.</summary>
    public required string Text { get; init; }

    /// <summary>The reason as data, beside code and text: which members there are depends on the code.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Data { get; set; }
}

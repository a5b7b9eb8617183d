using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>How the fleet is, and what to do about it (contract: GET /v1/doctor).</summary>
/// <param name="Healthy">Whether nothing found is a warning or a problem.</param>
/// <param name="At">When it was looked at, by Redis's clock.</param>
/// <param name="Findings">What was found, what matters most first.</param>
public sealed record Diagnosis(bool Healthy, DateTimeOffset At, IReadOnlyList<Finding> Findings);

/// <summary>One thing that was looked at.</summary>
/// <param name="Code">Tells findings apart, such as <c>queue-without-worker</c>; a promise, as the slug of an error is.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">What was found, in words.</param>
/// <param name="Advice">What to do about it; null where nothing is to be done.</param>
public sealed record Finding(string Code, FindingLevel Level, string Text, string? Advice = null);

/// <summary>How bad something is. The names, in lower case, are what the wire carries.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<FindingLevel>))]
public enum FindingLevel
{
    /// <summary>It is as it should be.</summary>
    Fine,

    /// <summary>It may be meant so.</summary>
    Notice,

    /// <summary>It will do harm unless something changes.</summary>
    Warning,

    /// <summary>It does harm.</summary>
    Problem,
}

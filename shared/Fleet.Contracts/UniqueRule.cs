using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Says when another run is the same as this one; the earlier one is then returned and none is created.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UniqueRule
{
    /// <summary>Runs of one job with the same key are the same. Required, at most 256 characters.</summary>
    public string? Key { get; init; }

    /// <summary>How long after its creation a run still counts; absent means as <c>scope</c> says.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Until when the earlier run counts, where <c>for</c> is absent.</summary>
    public UniqueScope Scope { get; init; } = UniqueScope.Active;

    /// <summary>
    /// Whether an earlier run that still waits gets this request's input, and is due when this request says: the last of several
    /// requests counts. One that has started stays as it is.
    /// </summary>
    public bool Replace { get; init; }
}

/// <summary>Until when an earlier run counts as the same.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<UniqueScope>))]
public enum UniqueScope
{
    /// <summary>Until it is final.</summary>
    Active,

    /// <summary>Until it starts.</summary>
    Queued,
}

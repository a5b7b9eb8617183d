using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a schedule does when it ticks while an earlier run of it is not final.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<Overlap>))]
public enum Overlap
{
    /// <summary>Creates the run all the same. The default: every tick creates its run.</summary>
    Allow,

    /// <summary>Creates none for this tick.</summary>
    Skip,

    /// <summary>Creates one that waits until the earlier runs are final; while one waits, no other is created.</summary>
    QueueOne,

    /// <summary>Cancels the earlier runs and creates the run.</summary>
    CancelPrevious,
}

/// <summary>Facts about <see cref="Overlap"/>.</summary>
public static class Overlaps
{
    /// <summary>Every name on the wire.</summary>
    public static IReadOnlyList<string> Names => LowerCaseEnum<Overlap>.All;

    /// <summary>The name on the wire: <c>allow</c>, <c>skip</c>, <c>queue-one</c>, <c>cancel-previous</c>.</summary>
    public static string Name(this Overlap overlap) => LowerCaseEnum<Overlap>.Name(overlap);

    /// <summary>Reads a name; false when there is no such.</summary>
    public static bool TryParse(string? name, out Overlap overlap) => LowerCaseEnum<Overlap>.TryParse(name, out overlap);
}

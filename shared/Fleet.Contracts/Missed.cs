using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a schedule does about ticks that it could not make in time, because nothing swept or because it was paused.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<Missed>))]
public enum Missed
{
    /// <summary>Makes up for the newest one only. The default.</summary>
    Latest,

    /// <summary>Makes up for none that is more than a minute late.</summary>
    Skip,

    /// <summary>Makes up for each of them in order, for the newest thousand at most.</summary>
    All,
}

/// <summary>Facts about <see cref="Missed"/>.</summary>
public static class MissedTicks
{
    /// <summary>Every name on the wire.</summary>
    public static IReadOnlyList<string> Names => LowerCaseEnum<Missed>.All;

    /// <summary>The name on the wire: <c>latest</c>, <c>skip</c>, <c>all</c>.</summary>
    public static string Name(this Missed missed) => LowerCaseEnum<Missed>.Name(missed);

    /// <summary>Reads a name; false when there is no such.</summary>
    public static bool TryParse(string? name, out Missed missed) => LowerCaseEnum<Missed>.TryParse(name, out missed);
}

using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>The four lines of a queue, most urgent first. The numbers are a format: keys in Redis end in the names.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<Priority>))]
public enum Priority
{
    /// <summary>Before everything else.</summary>
    Critical,

    /// <summary>Before normal work.</summary>
    High,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>When nothing else waits.</summary>
    Low,
}

/// <summary>Facts about <see cref="Priority"/>.</summary>
public static class Priorities
{
    /// <summary>Every priority, most urgent first.</summary>
    public static IReadOnlyList<Priority> All { get; } = Enum.GetValues<Priority>();

    /// <summary>The priority's name on the wire and in Redis: <c>critical</c>, <c>high</c>, <c>normal</c>, <c>low</c>.</summary>
    public static string Name(this Priority priority) => LowerCaseEnum<Priority>.Name(priority);

    /// <summary>Reads a priority's name; false when there is no such priority.</summary>
    public static bool TryParse(string? name, out Priority priority) => LowerCaseEnum<Priority>.TryParse(name, out priority);
}

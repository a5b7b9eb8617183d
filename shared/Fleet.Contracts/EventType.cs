using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What can happen to a run. The names, in lower case, are what the wire and Redis carry.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<EventType>))]
public enum EventType
{
    /// <summary>It was accepted for later. Data: <c>dueAt</c>; <c>reason</c> where a handler put it off.</summary>
    Scheduled,

    /// <summary>It entered its queue.</summary>
    Queued,

    /// <summary>A worker started an attempt. Data: <c>worker</c>.</summary>
    Started,

    /// <summary>Its handler reported progress. Data: <c>value</c> from 0 to 1, <c>message</c>.</summary>
    Progress,

    /// <summary>Its handler wrote a line. Data: <c>line</c>, and <c>stream</c> for a command's output.</summary>
    Log,

    /// <summary>An attempt failed and another will follow. Data: <c>error</c>, <c>dueAt</c>.</summary>
    Retrying,

    /// <summary>A worker that shuts down gave it back. Data: <c>worker</c>.</summary>
    Released,

    /// <summary>Its worker's lease lapsed and it went back into its queue. Data: <c>worker</c>.</summary>
    Recovered,

    /// <summary>It ended well. Data: <c>output</c>.</summary>
    Succeeded,

    /// <summary>It ended badly. Data: <c>error</c>.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,

    /// <summary>It was not started by its deadline.</summary>
    Expired,

    /// <summary>Its condition said that it should not run.</summary>
    Skipped,
}

/// <summary>Facts about <see cref="EventType"/>.</summary>
public static class EventTypes
{
    /// <summary>The type's name on the wire and in Redis: <c>queued</c>, <c>started</c> …</summary>
    public static string Name(this EventType type) => LowerCaseEnum<EventType>.Name(type);

    /// <summary>Reads a type's name; false when there is no such type.</summary>
    public static bool TryParse(string? name, out EventType type) => LowerCaseEnum<EventType>.TryParse(name, out type);

    /// <summary>Reads a type's name.</summary>
    /// <exception cref="FormatException">There is no such type.</exception>
    public static EventType Parse(string? name) => LowerCaseEnum<EventType>.Parse(name);

    /// <summary>Whether a run is final after this event.</summary>
    public static bool IsFinal(this EventType type) => type >= EventType.Succeeded;
}

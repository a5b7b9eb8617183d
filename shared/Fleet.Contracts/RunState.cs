using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Where a run is in its life. The names, in lower case, are what the wire and Redis carry.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>Waits for its time.</summary>
    Scheduled,

    /// <summary>Waits in its queue for a worker.</summary>
    Queued,

    /// <summary>A worker executes it.</summary>
    Running,

    /// <summary>Final: an attempt returned an output.</summary>
    Succeeded,

    /// <summary>Final: its attempts are used up, or its error allows no retry.</summary>
    Failed,

    /// <summary>Final: somebody asked for its end.</summary>
    Cancelled,

    /// <summary>Final: it was not started by its deadline.</summary>
    Expired,

    /// <summary>Final: its condition said so.</summary>
    Skipped,
}

/// <summary>Facts about <see cref="RunState"/>.</summary>
public static class RunStates
{
    /// <summary>Every state, in the order of a run's life.</summary>
    public static IReadOnlyList<RunState> All { get; } = Enum.GetValues<RunState>();

    /// <summary>The states a run leaves only by an explicit retry.</summary>
    public static IReadOnlyList<RunState> Final { get; } = [.. All.Where(IsFinal)];

    /// <summary>Whether a run in this state leaves it only by an explicit retry.</summary>
    public static bool IsFinal(this RunState state) => state >= RunState.Succeeded;

    /// <summary>The state's name on the wire and in Redis: <c>queued</c>, <c>succeeded</c> …</summary>
    public static string Name(this RunState state) => LowerCaseEnum<RunState>.Name(state);

    /// <summary>Reads a state's name.</summary>
    /// <exception cref="FormatException">There is no such state.</exception>
    public static RunState Parse(string? name) => LowerCaseEnum<RunState>.Parse(name);

    /// <summary>Reads a state's name; false when there is no such state.</summary>
    public static bool TryParse(string? name, out RunState state) => LowerCaseEnum<RunState>.TryParse(name, out state);
}

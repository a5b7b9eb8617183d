using System.Globalization;

namespace Fleet.Engine.Runs;

/// <summary>How a run stands, as the scripts write it (record.lua): "state seq attempt at place".</summary>
/// <param name="State">The state.</param>
/// <param name="Seq">The newest event's number.</param>
/// <param name="Attempt">The newest attempt's number.</param>
/// <param name="Entry">
/// The id of its entry in its queue's stream while it waits or runs: the token that fences late workers. Empty otherwise.
/// </param>
/// <param name="DueAt">When it is due, while it is scheduled.</param>
internal readonly record struct RunStanding(RunState State, long Seq, int Attempt, string Entry, DateTimeOffset? DueAt)
{
    /// <summary>False where the text is not a run's.</summary>
    public static bool TryRead(string? text, out RunStanding standing)
    {
        standing = default;
        if (text?.Split(' ') is not [var name, var seq, var attempt, _, .. var rest] || !RunStates.TryParse(name, out var state)) return false;
        var place = rest is [var where] ? where : "";
        var isScheduled = state == RunState.Scheduled;
        standing = new RunStanding(
            state,
            long.Parse(seq, CultureInfo.InvariantCulture),
            int.Parse(attempt, CultureInfo.InvariantCulture),
            isScheduled ? "" : place,
            isScheduled ? DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(place, CultureInfo.InvariantCulture)) : null);
        return true;
    }
}

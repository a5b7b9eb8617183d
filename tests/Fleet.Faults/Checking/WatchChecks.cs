using System.Text.Json;

namespace Fleet.Faults.Checking;

/// <summary>What watchers must have seen.</summary>
internal static class WatchChecks
{
    public static IEnumerable<Objection> SameAsTimeline(Evidence evidence)
    {
        foreach (var watch in evidence.History.Watches)
        {
            if (!watch.SawEnd) yield return new Objection(watch.Run, $"The {watch.Via} watch did not see the run's end: {watch.Error}.");
            if (!evidence.Runs.TryGetValue(watch.Run, out var story)) continue;
            if (Difference(watch.Events, story.Events) is { } difference) yield return new Objection(watch.Run, $"The {watch.Via} watch saw {difference}.");
            else if (watch.SawEnd && (watch.Events.Count == 0 || !watch.Events[^1].Type.IsFinal()))
                yield return new Objection(watch.Run, $"The {watch.Via} watch was told that the run is over, and saw no end.");
        }
    }

    private static string? Difference(IReadOnlyList<RunEvent> seen, IReadOnlyList<RunEvent> timeline)
    {
        for (var i = 0; i < seen.Count; i++)
        {
            if (seen[i].Seq != i + 1) return $"event {seen[i].Seq} where event {i + 1} was due";
            if (i >= timeline.Count) return $"event {seen[i].Seq}, which the timeline has not";
            if (!Same(seen[i], timeline[i])) return $"{seen[i]} where the timeline has {timeline[i]}";
        }

        return null;
    }

    private static bool Same(RunEvent a, RunEvent b) => a.Seq == b.Seq && a.Type == b.Type && a.At == b.At && a.Attempt == b.Attempt && Same(a.Data, b.Data);

    private static bool Same(JsonElement? a, JsonElement? b) => a is null || b is null ? a is null && b is null : JsonElement.DeepEquals(a.Value, b.Value);
}

namespace Fleet;

/// <summary>When a schedule would tick (POST /v1/schedules/preview).</summary>
/// <param name="Next">The next ten times; fewer where it ends before.</param>
public sealed record SchedulePreview(IReadOnlyList<DateTimeOffset> Next);

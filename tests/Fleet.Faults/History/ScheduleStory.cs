namespace Fleet.Faults.History;

/// <summary>A schedule, and when it has to create runs.</summary>
/// <param name="Name">The schedule.</param>
/// <param name="Ticks">The times of its ticks.</param>
internal sealed record ScheduleStory(string Name, IReadOnlyList<DateTimeOffset> Ticks);

namespace Fleet.Faults.History;

/// <summary>Everything that is known of what happened.</summary>
internal sealed record FullHistory(
    Intent Intent,
    IReadOnlyList<Request> Requests,
    IReadOnlyList<Call> Calls,
    IReadOnlyList<Effect> Effects,
    IReadOnlyList<RunStory> Runs,
    IReadOnlyList<WatchStory> Watches,
    IReadOnlyList<FaultStory> Faults,
    IReadOnlyList<ProcessEnd> Processes,
    Leftovers Leftovers,
    IReadOnlyList<ScheduleStory> Schedules,
    IReadOnlyList<Complaint> Complaints);

namespace Fleet.Client;

public sealed partial class FleetClient
{
    /// <summary>The schedules, by name.</summary>
    public Task<IReadOnlyList<Schedule>> ListSchedulesAsync(CancellationToken cancellation = default) => ItemsAsync<Schedule>("v1/schedules", cancellation);

    /// <summary>A schedule.</summary>
    public Task<Schedule> GetScheduleAsync(string name, CancellationToken cancellation = default) =>
        _transport.GetAsync<Schedule>(PathOf(name), cancellation);

    /// <summary>Creates a schedule, or replaces it as a whole and moves its next time at once (contract: PUT /v1/schedules/{name}).</summary>
    public Task<Schedule> PutScheduleAsync(string name, NewSchedule schedule, CancellationToken cancellation = default) =>
        _transport.SendAsync<Schedule>(HttpMethod.Put, PathOf(name), FleetTransport.Json(schedule), cancellation);

    /// <summary>When a schedule would tick: the next ten times, fewer where it ends before. Stores nothing (contract: POST /v1/schedules/preview).</summary>
    /// <param name="schedule">Only what says when is looked at: its cron or every, zone, start and end.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public async Task<IReadOnlyList<DateTimeOffset>> PreviewScheduleAsync(NewSchedule schedule, CancellationToken cancellation = default) =>
        (await _transport.SendAsync<SchedulePreview>(HttpMethod.Post, "v1/schedules/preview", FleetTransport.Json(schedule), cancellation)).Next;

    /// <summary>Forgets a schedule; the runs that it created stay.</summary>
    public Task DeleteScheduleAsync(string name, CancellationToken cancellation = default) => ForgetAsync(PathOf(name), cancellation);

    /// <summary>Has a schedule create a run now. It counts as no tick.</summary>
    public Task<Run> TriggerScheduleAsync(string name, CancellationToken cancellation = default) =>
        _transport.SendAsync<Run>(HttpMethod.Post, $"{PathOf(name)}/trigger", null, cancellation);

    /// <summary>Stops a schedule's ticks until it is resumed.</summary>
    public Task<Schedule> PauseScheduleAsync(string name, CancellationToken cancellation = default) =>
        _transport.SendAsync<Schedule>(HttpMethod.Post, $"{PathOf(name)}/pause", null, cancellation);

    /// <summary>Lets a schedule tick again, and do about the ticks of its pause what <see cref="Schedule.Missed"/> says.</summary>
    public Task<Schedule> ResumeScheduleAsync(string name, CancellationToken cancellation = default) =>
        _transport.SendAsync<Schedule>(HttpMethod.Post, $"{PathOf(name)}/resume", null, cancellation);

    private static string PathOf(string schedule) => $"v1/schedules/{Uri.EscapeDataString(schedule)}";
}

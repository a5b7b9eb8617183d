using System.Text.Json;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Hangfire.Layout;
using Fleet.Hangfire.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire;

/// <summary>
/// Does to Fleet what the buttons of a dashboard ask for, each once. A dashboard changes the job in the picture and nothing else; the change
/// stays there until it has been carried out, and every operation is told which state of the run was on the screen: so one that was
/// carried out just before its process died finds, the second time, that the run has moved on.
/// </summary>
internal sealed partial class Buttons(
    PictureStore store, HangfireKeys keys, RunReader reader, RunStore runs, ScheduleStore schedules,
    IOptions<HangfireOptions> options, ILogger<Buttons> logger)
{
    /// <summary>What timelines say of who asked.</summary>
    public const string Audit = "via Hangfire dashboard";

    /// <summary>Carries out what a dashboard did to a run that is shown.</summary>
    /// <param name="change">What it did.</param>
    /// <param name="shown">How the run was shown.</param>
    public async Task CarryOutAsync(ChangedRun change, Shown shown)
    {
        if (options.Value.ReadOnly)
        {
            LogIgnored(change.Id, change.State!);
            return;
        }

        // A dashboard that cannot load the type makes of Requeue a retry that is scheduled, or a failure; nobody else does that.
        var done = change.State switch
        {
            JobState.Deleted => await DeleteAsync(change.Id, shown),
            JobState.Enqueued or JobState.Scheduled or JobState.Failed => await RequeueAsync(change.Id, shown),
            _ => "nothing",
        };
        LogCarriedOut(change.Id, change.State!, shown.State, done);
    }

    /// <summary>Carries out what dashboards put into queues: a job that Trigger now made becomes a run of the schedule.</summary>
    /// <returns>The schedules that were triggered.</returns>
    public async Task<IReadOnlyList<string>> CarryOutTriggersAsync()
    {
        var triggered = new List<string>();
        foreach (var job in await store.StrangersAsync())
        {
            // As a Hangfire worker would: what is not waiting is dropped.
            if (job.State == JobState.Enqueued && ScheduleOf(job) is { } name && Timestamp.Read(job.CreatedAt) is { } at)
            {
                triggered.Add(name);
                // The order has the job's name, so that it makes one run, however often this is done.
                var order = new TriggerOrder(job.Id, at, Audit);
                if (!options.Value.ReadOnly && await schedules.TriggerAsync(name, order) is { } trigger) LogTriggered(name, trigger.Result.Id);
                else LogIgnored(name, "Trigger");
            }

            await store.WriteAsync(new Writes().Always()
                .Do("LREM", keys.Queue(job.Queue), 0, job.Id)
                .Do("DEL", keys.Job(job.Id), keys.State(job.Id), keys.History(job.Id)));
        }

        return triggered;
    }

    /// <summary>Carries out Remove: deletes the schedules that are no longer in the picture.</summary>
    /// <returns>The schedules that were removed there.</returns>
    public async Task<IReadOnlyList<string>> CarryOutRemovalsAsync()
    {
        var removed = await store.RemovedSchedulesAsync();
        if (removed.Count == 0) return [];
        // Both keys of a schedule can also go because Redis had no room.
        var isByHand = !options.Value.ReadOnly && !await store.DropsKeysAsync();
        foreach (var (name, created) in removed)
        {
            if (!isByHand) LogIgnored(name, "Remove");
            // One that was created anew since is another.
            else if (await IsOfAsync(name, created) && await schedules.DeleteAsync(name)) LogRemoved(name);
            // From here on it is not shown, and written again where it is still there.
            await store.WriteAsync(new Writes().Always().Do("HDEL", keys.Schedules, name));
        }

        return [.. removed.Select(schedule => schedule.Name)];
    }

    private async Task<string> RequeueAsync(RunId id, Shown shown)
    {
        if (shown.State.IsFinal())
            return (await runs.RetryAsync([id], DateTimeOffset.FromUnixTimeMilliseconds(shown.At), Audit))[0].ToString();
        if (shown.State == RunState.Scheduled) return await runs.HastenAsync(id, shown.Seq, Audit) ? "Hastened" : "nothing";
        // It waits already, or runs: a run is never executed twice at a time.
        return "nothing";
    }

    private async Task<string> DeleteAsync(RunId id, Shown shown)
    {
        if (shown.State.IsFinal())
            return (await runs.DeleteAsync([id], DateTimeOffset.FromUnixTimeMilliseconds(shown.At)))[0].ToString();
        // Cancelling says nothing of which life of the run is meant. It was carried out before when its worker was told, and is void when the
        // run has ended since it was on the screen.
        if (await reader.GetAsync(id) is not { } record || record.CancelAskedAt is not null) return "nothing";
        if (record.Lifecycle.Any(item => item.Seq > shown.Seq && item.Type.IsFinal())) return "nothing";
        return (await runs.CancelAsync([id], audit: Audit))[0].ToString();
    }

    private async Task<bool> IsOfAsync(string schedule, long created) =>
        await schedules.GetAsync(schedule) is { } there && there.Created.ToUnixTimeMilliseconds() == created;

    private static string? ScheduleOf(Stranger job)
    {
        try
        {
            return job.RecurringJobId.Length == 0 ? null : JsonSerializer.Deserialize<string>(job.RecurringJobId);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [LoggerMessage(4001, LogLevel.Information, "A Hangfire dashboard put {Run}, which was {Was}, into the state {State}: {Done}")]
    private partial void LogCarriedOut(RunId run, string state, RunState was, string done);

    [LoggerMessage(4002, LogLevel.Information, "A Hangfire dashboard triggered the schedule {Schedule}: {Run}")]
    private partial void LogTriggered(string schedule, RunId run);

    [LoggerMessage(4003, LogLevel.Warning, "A Hangfire dashboard removed the schedule {Schedule}: it is deleted")]
    private partial void LogRemoved(string schedule);

    [LoggerMessage(4004, LogLevel.Information, "What a Hangfire dashboard did to {What} ({State}) has no effect")]
    private partial void LogIgnored(object what, string state);
}

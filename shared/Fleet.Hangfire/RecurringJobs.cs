using Fleet.Engine.Scheduling;
using Fleet.Hangfire.Layout;
using Fleet.Hangfire.Storage;
using StackExchange.Redis;

namespace Fleet.Hangfire;

/// <summary>Shows the schedules as recurring jobs.</summary>
internal sealed class RecurringJobs(HangfireKeys keys, PictureStore store, ScheduleStore schedules)
{
    private readonly Dictionary<string, Schedule> _written = [];

    /// <summary>Has schedules written again: a dashboard may have changed them.</summary>
    public void Forget(IEnumerable<string> names)
    {
        foreach (var name in names) _written.Remove(name);
    }

    /// <summary>Has all schedules written again.</summary>
    public void ForgetAll() => _written.Clear();

    /// <summary>Writes the schedules that changed, and takes away those that have gone.</summary>
    public async Task WriteAsync()
    {
        var shown = await store.ShownSchedulesAsync();
        var there = await schedules.ListAsync();
        var writes = new Writes();
        foreach (var record in there)
        {
            var schedule = record.Show(schedules.Now);
            // Only what is shown counts: of the next times, the next.
            var facts = schedule with { Next = [.. schedule.Next.Take(1)] };
            if (_written.TryGetValue(record.Name, out var written) && AreSame(written, facts)) continue;
            Put(writes.OfSchedule(record.Name), facts, record.Created);
            _written[record.Name] = facts;
        }

        var names = there.Select(record => record.Name).ToHashSet();
        foreach (var name in shown.Where(name => !names.Contains(name)))
        {
            writes.Always().Do("DEL", keys.RecurringJob(name)).Do("ZREM", keys.RecurringJobs, name).Do("HDEL", keys.Schedules, name);
            _written.Remove(name);
        }

        if (writes.IsEmpty) return;
        Forget((await store.WriteAsync(writes)).Select(Writes.LeftOutSchedule).OfType<string>());
    }

    private void Put(Writes writes, Schedule schedule, DateTimeOffset created)
    {
        DateTimeOffset? next = schedule is { Paused: false, Next: [var first, ..] } ? first : null;
        var queue = QueueName.Of(schedule.Queue);
        List<RedisValue> fields =
        [
            "Job", Invocation.Payload(schedule.Job, schedule.Input, queue),
            "Cron", CronText.Of(schedule),
            "TimeZoneId", schedule.Zone,
            "Queue", queue,
            "CreatedAt", Timestamp.Of(created),
            "NextExecution", next is { } at ? Timestamp.Of(at) : "",
            "V", "2",
        ];
        if (schedule.Last is { } last) fields.AddRange(["LastExecution", Timestamp.Of(last)]);
        if (schedule.LastRun is { } run) fields.AddRange(["LastJobId", run.ToString()]);

        var name = schedule.Name;
        writes.Do("DEL", keys.RecurringJob(name)).Do("HSET", keys.RecurringJob(name), [.. fields])
            .Do("ZADD", keys.RecurringJobs, next?.ToUnixTimeSeconds() ?? -1, name)
            .Do("HSET", keys.Schedules, name, created.ToUnixTimeMilliseconds());
    }

    private static bool AreSame(Schedule a, Schedule b) => Facts(a) == Facts(b);

    private static (string?, TimeSpan?, string, string, string, string, bool, DateTimeOffset?, RunId?, DateTimeOffset?) Facts(Schedule schedule) =>
        (schedule.Cron, schedule.Every, schedule.Zone, schedule.Job, schedule.Input.GetRawText(), schedule.Queue, schedule.Paused, schedule.Last,
            schedule.LastRun, schedule.Next.Count > 0 ? schedule.Next[0] : null);
}

using System.Text;
using System.Text.Json;
using Fleet.Faults.Faults;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Load;

/// <summary>
/// Makes schedules before the first fault, says them again while faults come down, which changes nothing, and knows when each has to
/// tick: it reckons that itself, and asks nobody.
/// </summary>
internal sealed class Scheduler(ApiCaller api, Dice dice, HistoryFolder history, TimeProvider time)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(4);

    /// <summary>
    /// How long before their first tick schedules are made: one that is stored after it never makes it, and on a busy machine the first
    /// answers take seconds.
    /// </summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(15);

    /// <summary>The last tick leaves time to make up for what was missed while everything was broken.</summary>
    private static readonly TimeSpan Rest = FaultPlan.Calm - Second;

    /// <summary>How often an API is asked that does not answer before anything is wrong.</summary>
    private const int FirstTries = 3;

    private readonly List<(string Name, byte[] Body)> _schedules = [];

    /// <summary>Makes the schedules.</summary>
    /// <param name="lasts">How long faults come down.</param>
    /// <param name="cancellation">Breaks it off.</param>
    /// <exception cref="InvalidOperationException">The API does not take them, though nothing is wrong yet.</exception>
    public async Task BeginAsync(TimeSpan lasts, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var start = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)) + Notice;
        var end = now + lasts - Rest;
        Add("every-second", new { every = "00:00:01" }, start, end, Second, start);
        Add("with-jitter", new { every = "00:00:03.5", jitter = "00:00:02" }, start, end, Second * 3.5, start);
        Add("by-the-clock", new { cron = "*/2 * * * * *", zone = "Europe/Berlin" }, start, end, Second * 2, start.Second % 2 == 0 ? start : start + Second);
        foreach (var (name, body) in _schedules)
        {
            var replica = dice.Below(api.Replicas);
            var call = await api.ScheduleAsync(replica, name, body, cancellation);
            // A busy machine may be too slow for the first answers of processes that have just started.
            for (var tries = 1; call.Status == 0 && tries < FirstTries; tries++) call = await api.ScheduleAsync(replica, name, body, cancellation);
            if (!call.IsDone) throw new InvalidOperationException($"The schedule {name} was not taken: {call.Status} {call.Note}");
        }
    }

    /// <summary>Says now and then what was said already.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            await Task.Delay(Again, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return;
            var (name, body) = dice.Pick(_schedules);
            await api.ScheduleAsync(dice.Below(api.Replicas), name, body, CancellationToken.None);
        }
    }

    private void Add<T>(string name, T times, DateTimeOffset start, DateTimeOffset end, TimeSpan every, DateTimeOffset first)
    {
        var ticks = new List<DateTimeOffset>();
        for (var at = first; at <= end; at += every) ticks.Add(at);
        history.Schedules.Write(new ScheduleStory(name, ticks));

        var schedule = JsonSerializer.SerializeToNode(times, FleetJson.Options)!.AsObject();
        schedule["job"] = ScriptedJob.Name;
        schedule["input"] = JsonSerializer.SerializeToNode(new Step(Deed.Ok, $"schedule-{name}", 0, 5), FleetJson.Options);
        schedule["start"] = JsonSerializer.SerializeToNode(start, FleetJson.Options);
        schedule["end"] = JsonSerializer.SerializeToNode(end, FleetJson.Options);
        schedule["overlap"] = "allow";
        schedule["missed"] = "all";
        _schedules.Add((name, Encoding.UTF8.GetBytes(schedule.ToJsonString())));
    }
}

using System.Globalization;
using Fleet.Faults.Faults;
using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What a history comes to in numbers.</summary>
internal static class Figures
{
    /// <summary>One figure a line: what, and how much.</summary>
    public static IEnumerable<(string What, string Much)> Of(Evidence evidence)
    {
        var history = evidence.History;
        var runs = history.Runs;
        var events = runs.SelectMany(story => story.Events).CountBy(e => e.Type).ToDictionary();
        yield return ("runs", $"{runs.Count}: {Counts(runs.CountBy(story => story.Run.State.Name()))}");
        yield return ("events", $"{runs.Sum(story => story.Events.Count)}: {Counts(events.Select(e => KeyValuePair.Create(e.Key.Name(), e.Value)))}");
        yield return ("faults", $"{history.Faults.Count(fault => fault.Struck)}: {Counts(history.Faults.Where(fault => fault.Struck).CountBy(fault => fault.Kind.ToString().ToLowerInvariant()))}");
        yield return ("faults by process", Counts(history.Faults.Where(fault => fault.Struck).CountBy(fault => fault.Target)));
        yield return ("recovered from lost workers", $"{events.GetValueOrDefault(EventType.Recovered)} times, {runs.Count(story => story.Run.Error?.Type == "worker-lost")} runs failed because they lost three");
        yield return ("results not taken", $"{NotTaken(evidence)} handlers completed for a run that was no longer theirs, or whose time was over");
        yield return ("executions", $"{history.Effects.Count(effect => effect.Phase == EffectPhase.Began)} for {history.Effects.Select(effect => effect.Run).Distinct().Count()} runs");
        yield return ("calls", Counts(history.Calls.CountBy(call => $"{call.Kind.ToString().ToLowerInvariant()} {(call.Status == 0 ? "unanswered" : call.Status)}")));
        yield return ("retried requests", $"{history.Requests.Count(request => evidence.SubmitsOf[request.Op].Take(2).Count() > 1)} of {history.Requests.Count(request => request.Keyed)} with a key");
        yield return ("watches", $"{history.Watches.Count}, interrupted {history.Watches.Sum(watch => watch.Interruptions)} times, saw {history.Watches.Sum(watch => watch.Events.Count)} events");
        yield return ("an accepted run's answer took", Spread(history.Calls.Where(call => call.Kind == CallKind.Submit && call.IsDone).Select(call => call.Ms)));
        yield return ("a 503 took, of an API that was awake", Spread(history.Calls.Where(call => call.Status == 503 && WasAwake(history, call)).Select(call => call.Ms)));
        yield return ("due runs were queued late by", Spread(runs.SelectMany(story => Lateness(story.Events))));
        yield return ("queued runs waited", Spread(runs.SelectMany(story => Waits(story.Events))));
        yield return ("after its worker was lost a run was queued in", Spread(Recoveries(history)));
        yield return ("after Redis came back a run was accepted in", Spread(AfterRedis(history)));
    }

    private static int NotTaken(Evidence evidence)
    {
        var recorded = evidence.History.Runs.SelectMany(story => story.Events).Where(e => e.Type == EventType.Succeeded)
            .Select(Evidence.OutputOf).Select(output => output?.Effect).ToHashSet();
        return evidence.Done.Keys.Count(execution => !recorded.Contains(execution));
    }

    private static bool WasAwake(FullHistory history, Call call) => !history.Faults.Any(fault => fault.Target == call.Api
        && fault.Kind is FaultKind.Freeze or FaultKind.Kill or FaultKind.Terminate && fault.From < call.At.AddMilliseconds(call.Ms) && fault.To > call.At);

    private static IEnumerable<double> Lateness(IReadOnlyList<RunEvent> events)
    {
        for (var i = 1; i < events.Count; i++)
        {
            if (events[i].Type == EventType.Queued && events[i - 1].Data is { ValueKind: System.Text.Json.JsonValueKind.Object } data
                && data.TryGetProperty("dueAt", out var due) && Read(due) is { } at)
                yield return (events[i].At - at).TotalMilliseconds;
        }
    }

    private static DateTimeOffset? Read(System.Text.Json.JsonElement time) =>
        time.ValueKind == System.Text.Json.JsonValueKind.Number ? DateTimeOffset.FromUnixTimeMilliseconds(time.GetInt64())
        : time.TryGetDateTimeOffset(out var at) ? at : null;

    private static IEnumerable<double> Waits(IReadOnlyList<RunEvent> events)
    {
        for (var i = 1; i < events.Count; i++)
        {
            if (events[i].Type == EventType.Started && events[i - 1].Type == EventType.Queued) yield return (events[i].At - events[i - 1].At).TotalMilliseconds;
        }
    }

    /// <summary>From the last fault that befell a worker, or Redis, to its runs being queued again.</summary>
    private static IEnumerable<double> Recoveries(FullHistory history)
    {
        var faults = history.Faults.Where(fault => fault.Struck).ToLookup(fault => fault.Target);
        foreach (var recovered in history.Runs.SelectMany(story => story.Events).Where(e => e.Type == EventType.Recovered))
        {
            if (recovered.Data?.TryGetProperty("worker", out var worker) is not true) continue;
            // The worker's name is that of the process, a dot, and its life.
            var process = worker.GetString()!.Split('.')[0];
            // A Redis that is away can cost it its runs too.
            var last = faults[process].Concat(faults[FaultPlan.Redis]).Where(fault => fault.From < recovered.At).MaxBy(fault => fault.From);
            if (last is not null) yield return (recovered.At - last.From).TotalMilliseconds;
        }
    }

    private static IEnumerable<double> AfterRedis(FullHistory history)
    {
        // By when they were answered.
        var accepted = history.Calls.Where(call => call.Kind == CallKind.Submit && call.IsDone).Select(call => call.At.AddMilliseconds(call.Ms)).Order().ToList();
        foreach (var fault in history.Faults.Where(fault => fault.Struck && fault.Target == FaultPlan.Redis))
        {
            var index = accepted.BinarySearch(fault.To);
            if (index < 0) index = ~index;
            if (index < accepted.Count) yield return (accepted[index] - fault.To).TotalMilliseconds;
        }
    }

    private static string Counts(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(", ", counts.OrderByDescending(count => count.Value).Select(count => $"{count.Value} {count.Key}"));

    private static string Spread(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? "never" : string.Create(CultureInfo.InvariantCulture,
            $"{At(0.5):0} ms in half of {sorted.Count} cases, {At(0.99):0} ms in 99 of 100, {sorted[^1]:0} ms at most");

        double At(double quantile) => sorted[Math.Min((int)(sorted.Count * quantile), sorted.Count - 1)];
    }
}

using System.Globalization;
using System.Text.Json;

namespace Fleet.Cli.Rendering;

/// <summary>Shows what the fleet consists of: jobs, queues, workers, and its numbers.</summary>
internal static class CatalogueText
{
    public static void Jobs(Screen screen, IEnumerable<JobInfo> jobs)
    {
        var table = new Columns("JOB", "QUEUE", "TRIES", "TIMEOUT", "DESCRIPTION").Right(2, 3).Wrap(4);
        foreach (var job in jobs)
            table.Add(job.Name, job.Defaults.Queue, $"{job.Defaults.MaxAttempts}", Timeout(job.Defaults), FirstSentence(job.Description));
        table.Draw(screen);
    }

    public static void Job(Screen screen, JobInfo job)
    {
        screen.Line(job.Name, Tint.Strong);
        if (job.Description is { Length: > 0 } description) screen.Line(Printable.Line(description));
        screen.Write("queue     ", Tint.Faint);
        screen.Line(job.Defaults.Priority == Priority.Normal ? job.Defaults.Queue : $"{job.Defaults.Queue}, priority {job.Defaults.Priority.Name()}");
        screen.Write("attempts  ", Tint.Faint);
        screen.Line($"{job.Defaults.MaxAttempts}");
        screen.Write("timeout   ", Tint.Faint);
        screen.Line(Timeout(job.Defaults) ?? "none");
        if (job.InputSchema.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return;
        screen.Line("input     ", Tint.Faint);
        foreach (var line in Printable.Lines(JsonText.Pretty(job.InputSchema))) screen.Line($"  {line}");
    }

    public static void Queues(Screen screen, IEnumerable<QueueInfo> queues)
    {
        var table = new Columns("QUEUE", "WAITING", "IN FLIGHT", "OLDEST", "CRITICAL", "HIGH", "NORMAL", "LOW", "STATE").Right(1, 2, 3, 4, 5, 6, 7).Wrap(0);
        foreach (var queue in queues)
        {
            table.Add(
                queue.Name, Count(queue.Depth), Count(queue.InFlight), queue.Depth > 0 ? TimeText.Age(TimeSpan.FromSeconds(queue.Lag)) : null,
                Line(queue, Priority.Critical), Line(queue, Priority.High), Line(queue, Priority.Normal), Line(queue, Priority.Low),
                queue.Paused ? new Cell("paused", Tint.Warning) : new Cell("open"));
        }

        table.Draw(screen);
    }

    public static void Workers(Screen screen, IEnumerable<WorkerInfo> workers, DateTimeOffset now)
    {
        var table = new Columns("WORKER", "HOST", "STATE", "BUSY", "SEEN", "UP", "QUEUES").Right(3, 4, 5).Wrap(0).Wrap(1).Wrap(6);
        foreach (var worker in workers)
        {
            table.Add(
                worker.Id, worker.Host, worker.State == WorkerState.Draining ? new Cell("draining", Tint.Warning) : new Cell("connected"), $"{worker.Running.Count}/{worker.Slots}", TimeText.Age(now - worker.LastSeenAt),
                TimeText.Age(now - worker.StartedAt), string.Join(", ", worker.Queues));
        }

        table.Draw(screen);
    }

    public static void Stats(Screen screen, FleetStats stats)
    {
        var counts = new Columns("STATE", "RUNS").Right(1);
        foreach (var state in RunStates.All) counts.Add(new Cell(state.Name(), Tints.Of(state)), Count(stats.Counts.GetValueOrDefault(state.Name())));
        counts.Draw(screen);
        screen.Line();

        var rates = new Columns("PER SECOND", "IN", "OUT", "FAILED").Right(1, 2, 3);
        rates.Add("last 10 s", Rate(stats.Rates.In), Rate(stats.Rates.Out), Rate(stats.Rates.Failed));
        rates.Draw(screen);
        screen.Line();

        var latency = new Columns("LATENCY", "HALF", "99 %").Right(1, 2);
        latency.Add("waiting", Time(stats.Latency.Wait.P50), Time(stats.Latency.Wait.P99));
        latency.Add("running", Time(stats.Latency.Run.P50), Time(stats.Latency.Run.P99));
        latency.Draw(screen);
    }

    /// <summary>Enough for a list; 'fleet jobs JOB' shows the rest.</summary>
    private static string? FirstSentence(string? text) => text?.IndexOf(". ", StringComparison.Ordinal) is { } end and >= 0 ? text[..(end + 1)] : text;

    private static Cell Line(QueueInfo queue, Priority priority) =>
        queue.Priorities.TryGetValue(priority.Name(), out var line) && line.Depth > 0 ? Count(line.Depth) : null;

    private static string? Timeout(JobDefaults defaults) => defaults.Timeout is { } timeout ? TimeText.Duration(timeout) : null;

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => rate.ToString("#,0.0", CultureInfo.InvariantCulture);

    private static Cell Time(double? milliseconds) => milliseconds is { } value ? TimeText.Duration(TimeSpan.FromMilliseconds(value)) : null;
}

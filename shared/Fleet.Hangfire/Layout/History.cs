using System.Globalization;
using System.Text.Json;
using Fleet.Engine.Runs;

namespace Fleet.Hangfire.Layout;

/// <summary>The timeline of a run as the states that Hangfire would have had its job in.</summary>
internal static class History
{
    private const int ResultCharacters = 4_000;

    /// <summary>The states, oldest first; the last one is the current one.</summary>
    public static IReadOnlyList<JobState> Of(RunRecord record)
    {
        var states = new List<JobState>();
        RunEvent? before = null, started = null, queued = null;
        // Attempts are numbered on over explicit retries, and each of these gives as many as the run had at first.
        var spent = 0;
        foreach (var item in record.Lifecycle)
        {
            switch (item.Type)
            {
                case EventType.Queued:
                    queued = item;
                    if (before?.Type.IsFinal() == true) spent = item.Attempt;
                    states.Add(Enqueued(record.Run, item, before));
                    break;
                case EventType.Scheduled:
                    states.Add(Scheduled(item, Text(item, "reason")));
                    break;
                case EventType.Started:
                    started = item;
                    states.Add(Processing(item));
                    break;
                case EventType.Retrying:
                    // As Hangfire's own retries do: the failure, and what became of it.
                    states.Add(Failed(item, started, "An exception occurred during performance of the job."));
                    states.Add(Scheduled(item, string.Create(CultureInfo.InvariantCulture,
                        $"Retry attempt {item.Attempt} of {spent + record.AttemptsOfALife - 1}: {Error(item)?.Message}")));
                    break;
                case EventType.Succeeded:
                    states.Add(Succeeded(item, started, queued));
                    break;
                case EventType.Failed:
                    states.Add(Failed(item, started, "No attempt is left, or the error allows none."));
                    break;
                case EventType.Cancelled or EventType.Expired or EventType.Skipped:
                    states.Add(Deleted(item));
                    break;
                case EventType.Released or EventType.Recovered:
                    // The event after it says that the run waits again, and why.
                    break;
            }

            before = item;
        }

        return states;
    }

    /// <summary>The server that a worker is shown as. Dashboards leave out what follows the last colon.</summary>
    public static string ServerId(string worker) => $"{worker}:fleet";

    private static JobState Enqueued(Run run, RunEvent item, RunEvent? before) => new(JobState.Enqueued, WhyEnqueued(item, before), item.At,
        [new("EnqueuedAt", Timestamp.Of(item.At)), new("Queue", QueueName.Of(run.Queue))]);

    private static string? WhyEnqueued(RunEvent item, RunEvent? before) => before?.Type switch
    {
        null => null,
        EventType.Scheduled or EventType.Retrying => Text(item, "audit") ?? "Its time had come.",
        EventType.Released => $"Worker {Text(before, "worker")} gave it back.",
        EventType.Recovered => $"Worker {Text(before, "worker")} was lost.",
        _ => Text(item, "audit") is { } audit ? $"Retried {audit}." : "Retried by hand.",
    };

    private static JobState Scheduled(RunEvent item, string? reason) => new(JobState.Scheduled, reason, item.At,
        [new("EnqueueAt", Timestamp.Of(item.Data!.Value.GetProperty("dueAt").GetDateTimeOffset())), new("ScheduledAt", Timestamp.Of(item.At))]);

    private static JobState Processing(RunEvent item) => new(JobState.Processing, null, item.At,
    [
        new("StartedAt", Timestamp.Of(item.At)),
        new("ServerId", ServerId(Text(item, "worker") ?? "")),
        // Dashboards show its first eight characters, and need as many.
        new("WorkerId", string.Create(CultureInfo.InvariantCulture, $"try-{item.Attempt:D4}")),
    ]);

    private static JobState Succeeded(RunEvent item, RunEvent? started, RunEvent? queued)
    {
        List<KeyValuePair<string, string>> data =
        [
            new("SucceededAt", Timestamp.Of(item.At)),
            new("PerformanceDuration", Milliseconds(started, item)),
            new("Latency", Milliseconds(queued, started)),
        ];
        if (item.Data is { } told && told.TryGetProperty("output", out var output) && output.ValueKind != JsonValueKind.Null)
            data.Add(new("Result", Result(output.GetRawText())));
        return new JobState(JobState.Succeeded, null, item.At, data);
    }

    private static JobState Failed(RunEvent item, RunEvent? started, string reason)
    {
        var error = Error(item);
        List<KeyValuePair<string, string>> data =
        [
            new("FailedAt", Timestamp.Of(item.At)),
            new("ExceptionType", error?.Type ?? ""),
            new("ExceptionMessage", error?.Message ?? ""),
            new("ExceptionDetails", error is null ? "" : error.Detail ?? $"{error.Type}: {error.Message}"),
        ];
        if ((started is null ? null : Text(started, "worker")) is { } worker) data.Add(new("ServerId", ServerId(worker)));
        return new JobState(JobState.Failed, reason, item.At, data);
    }

    private static JobState Deleted(RunEvent item) => new(JobState.Deleted, item.Type switch
    {
        EventType.Expired => "Expired: it was not started by its deadline.",
        EventType.Skipped => "Skipped: its condition said so.",
        _ => Text(item, "audit") is { } audit ? $"Cancelled {audit}." : "Cancelled.",
    }, item.At, [new("DeletedAt", Timestamp.Of(item.At))]);

    private static string Result(string json) => json.Length <= ResultCharacters ? json : Invocation.Json(Invocation.Cut(json, ResultCharacters));

    private static RunError? Error(RunEvent item) =>
        item.Data is { } data && data.TryGetProperty("error", out var error) ? error.Deserialize<RunError>(FleetJson.Options) : null;

    private static string? Text(RunEvent item, string name) =>
        item.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string Milliseconds(RunEvent? from, RunEvent? to) => from is null || to is null || to.At < from.At
        ? "0"
        : ((long)(to.At - from.At).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Fleet.Engine.Runs;

/// <summary>A run as its hash in Redis says.</summary>
public sealed class RunRecord
{
    private RunRecord(Run run, RunOptions options, int attemptsOfALife, IReadOnlyList<RunEvent> lifecycle, string entry, DateTimeOffset? cancelAskedAt)
    {
        Entry = entry;
        CancelAskedAt = cancelAskedAt;
        Run = run;
        Options = options;
        AttemptsOfALife = attemptsOfALife;
        Lifecycle = lifecycle;
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>What few runs have.</summary>
    public RunOptions Options { get; }

    /// <summary>How many attempts it was given at first, and gets anew with every explicit retry.</summary>
    public int AttemptsOfALife { get; }

    /// <summary>The events of its timeline that the record itself holds, in order: all but progress and log lines.</summary>
    public IReadOnlyList<RunEvent> Lifecycle { get; }

    /// <summary>The id of its entry in its queue's stream; empty unless it waits there or runs.</summary>
    public string Entry { get; }

    /// <summary>When its end was asked for, while its worker has not ended it yet.</summary>
    public DateTimeOffset? CancelAskedAt { get; }

    internal static RunRecord? Parse(RunId id, HashEntry[] hash)
    {
        if (hash.Length == 0) return null;

        var fields = new Dictionary<string, RedisValue>(hash.Length);
        var lifecycle = new List<RunEvent>(4);
        foreach (var entry in hash)
        {
            if (entry.Name.TryParse(out long seq)) lifecycle.Add(ParseEvent(seq, (string)entry.Value!));
            else fields[entry.Name.ToString()] = entry.Value;
        }

        lifecycle.Sort((a, b) => a.Seq.CompareTo(b.Seq));
        // A record needs a state to be one; a hash without is not ours.
        if (!RunStanding.TryRead(Text(fields, RunFields.State), out var standing)) return null;
        var head = RunHead.Read(Text(fields, RunFields.Head));
        var options = RunOptions.Read(Text(fields, RunFields.Options));
        var asked = Number(fields, RunFields.Cancel);
        return new RunRecord(BuildRun(id, head, standing, options, fields, lifecycle), options, head.MaxAttempts - head.Spent,
            WithOutput(lifecycle, fields), standing.Entry, asked > 0 ? Time(asked) : null);
    }

    private static Run BuildRun(
        RunId id, RunHead head, RunStanding standing, RunOptions options, Dictionary<string, RedisValue> fields, List<RunEvent> lifecycle)
    {
        var state = standing.State;
        var started = lifecycle.FindLast(e => e.Type == EventType.Started);
        var newest = lifecycle[^1];
        var retried = lifecycle.FindLastIndex(e => e.Type.IsFinal());
        return new Run
        {
            Id = id,
            Job = head.Job,
            Queue = head.Queue,
            Priority = head.Priority,
            Tenant = options.Tenant ?? "default",
            State = state,
            Attempt = standing.Attempt,
            MaxAttempts = head.MaxAttempts,
            Input = Json(fields, RunFields.Input) ?? JsonSerializer.SerializeToElement<object?>(null),
            Output = Json(fields, RunFields.Output),
            Error = state == RunState.Succeeded ? null : NewestError(lifecycle),
            Progress = Json(fields, RunFields.Progress)?.Deserialize<RunProgress>(FleetJson.Options),
            Tags = options.Tags ?? [],
            Meta = options.Meta ?? new Dictionary<string, string>(),
            Worker = started?.Data?.GetProperty("worker").GetString(),
            Schedule = options.Schedule,
            Seq = standing.Seq,
            CreatedAt = lifecycle[0].At,
            DueAt = standing.DueAt,
            // What happened before an explicit retry belongs to an earlier life.
            StartedAt = started is null || (!state.IsFinal() && retried > lifecycle.IndexOf(started)) ? null : started.At,
            FinishedAt = state.IsFinal() ? newest.At : null,
        };
    }

    /// <summary>The output is kept once, in its field; the event that tells of it gets it from there.</summary>
    private static List<RunEvent> WithOutput(List<RunEvent> lifecycle, Dictionary<string, RedisValue> fields)
    {
        if (lifecycle[^1].Type == EventType.Succeeded && Text(fields, RunFields.Output) is { } output)
            lifecycle[^1] = lifecycle[^1] with { Data = ParseJson($$"""{"output":{{output}}}""") };
        return lifecycle;
    }

    private static RunError? NewestError(List<RunEvent> lifecycle)
    {
        var failure = lifecycle.FindLast(e => e.Type is EventType.Failed or EventType.Retrying);
        return failure?.Data?.GetProperty("error").Deserialize<RunError>(FleetJson.Options);
    }

    /// <summary>Reads "type at attempt data" as the scripts write it; the data of a start is the worker's bare name.</summary>
    private static RunEvent ParseEvent(long seq, string text)
    {
        var parts = text.Split(' ', 4);
        var type = EventTypes.Parse(parts[0]);
        var at = Time(long.Parse(parts[1], CultureInfo.InvariantCulture));
        var data = parts.Length > 3 ? parts[3] : null;
        return new RunEvent(seq, type, at, int.Parse(parts[2], CultureInfo.InvariantCulture),
            type == EventType.Started ? EventData.OfWorker(data) : EventData.Read(data));
    }

    private static string? Text(Dictionary<string, RedisValue> fields, string name) =>
        fields.TryGetValue(name, out var value) ? (string?)value : null;

    private static long Number(Dictionary<string, RedisValue> fields, string name) =>
        fields.TryGetValue(name, out var value) && value.TryParse(out long number) ? number : 0;

    private static JsonElement? Json(Dictionary<string, RedisValue> fields, string name) =>
        Text(fields, name) is { Length: > 0 } text ? ParseJson(text) : null;

    private static JsonElement ParseJson(string text) => JsonElement.Parse(text);

    private static DateTimeOffset Time(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);
}

using System.Text.Json;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Scheduling;

/// <summary>A schedule as its hash in Redis says.</summary>
public sealed record ScheduleRecord
{
    /// <summary>How many of the next times are told.</summary>
    internal const int TimesTold = 10;

    private static readonly RedisValue[] FieldNames =
    [
        ScheduleFields.Rule, ScheduleFields.Job, ScheduleFields.Queue, ScheduleFields.Priority, ScheduleFields.MaxAttempts, ScheduleFields.Input,
        ScheduleFields.Options, ScheduleFields.Created, ScheduleFields.Version, ScheduleFields.Paused, ScheduleFields.Next, ScheduleFields.Last,
        ScheduleFields.Run, ScheduleFields.Runs,
    ];

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>When it ticks, and how.</summary>
    public required ScheduleRule Rule { get; init; }

    /// <summary>The runs that it creates.</summary>
    public required RunSpec Run { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset Created { get; init; }

    internal string Version { get; init; } = "";

    /// <summary>Its next tick; null when there is none. For one that is paused, the first that it did not make.</summary>
    internal long? Next { get; init; }

    /// <summary>The newest tick that created a run.</summary>
    internal long? Last { get; init; }

    internal RunId? LastRun { get; init; }

    internal IReadOnlyList<RunId> Runs { get; init; } = [];

    internal Timetable Timetable => field ??= Rule.Timetable(Created);

    /// <summary>The schedule as the API shows it.</summary>
    /// <param name="now">What Redis's clock shows: no time that is told is before.</param>
    public Schedule Show(DateTimeOffset now) => new()
    {
        Name = Name,
        Cron = Rule.Cron,
        Every = Rule.Every,
        Zone = Rule.Zone,
        Job = Run.Job,
        Input = JsonElement.Parse(Run.Input.Span),
        Queue = Run.Queue,
        Priority = Run.Priority,
        MaxAttempts = Run.MaxAttempts,
        Backoff = Run.Options.Backoff,
        Timeout = Run.Options.Timeout,
        Tags = Run.Options.Tags ?? [],
        Meta = Run.Options.Meta ?? new Dictionary<string, string>(),
        Overlap = Rule.Overlap,
        Missed = Rule.Missed,
        Jitter = Rule.Jitter,
        Start = Rule.Start,
        End = Rule.End,
        Paused = IsPaused,
        Last = Last is { } last ? DateTimeOffset.FromUnixTimeMilliseconds(last) : null,
        LastRun = LastRun,
        Next = [.. NextTimes(Math.Max(now.ToUnixTimeMilliseconds(), Last ?? 0)).Select(DateTimeOffset.FromUnixTimeMilliseconds)],
    };

    private IEnumerable<long> NextTimes(long after)
    {
        try
        {
            return Timetable.After(after, TimesTold);
        }
        catch (FormatException)
        {
            // Whoever sweeps says in its log what a schedule has that is not known there.
            return [];
        }
    }

    /// <summary>Reads one; null when there is none.</summary>
    internal static async Task<ScheduleRecord?> ReadAsync(IDatabaseAsync redis, RedisKey key, string name)
    {
        var values = await redis.HashGetAsync(key, FieldNames);
        var fields = FieldNames.Zip(values).ToDictionary(field => field.First.ToString(), field => field.Second);
        if (fields[ScheduleFields.Rule].IsNull) return null;
        return new ScheduleRecord
        {
            Name = name,
            Rule = ScheduleRule.Read(fields[ScheduleFields.Rule]!),
            Run = new RunSpec
            {
                Job = fields[ScheduleFields.Job]!,
                Queue = fields[ScheduleFields.Queue]!,
                Priority = (Priority)(int)fields[ScheduleFields.Priority],
                MaxAttempts = (int)fields[ScheduleFields.MaxAttempts],
                Input = (byte[])fields[ScheduleFields.Input]!,
                Options = RunOptions.Read(fields[ScheduleFields.Options]),
            },
            Created = DateTimeOffset.FromUnixTimeMilliseconds((long)fields[ScheduleFields.Created]),
            Version = fields[ScheduleFields.Version]!,
            IsPaused = fields[ScheduleFields.Paused] == 1,
            Next = Number(fields[ScheduleFields.Next]),
            Last = Number(fields[ScheduleFields.Last]),
            LastRun = RunId.TryParse(fields[ScheduleFields.Run], out var run) ? run : null,
            Runs = [.. fields[ScheduleFields.Runs].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => RunId.Parse(id))],
        };
    }

    private static long? Number(RedisValue value) => value.IsNullOrEmpty ? null : (long)value;
}

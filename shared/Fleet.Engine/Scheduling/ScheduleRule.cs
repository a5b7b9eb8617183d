using System.Globalization;
using System.Text.Json;

namespace Fleet.Engine.Scheduling;

/// <summary>When a schedule ticks, and what it does about ticks that come too soon or too late.</summary>
public sealed record ScheduleRule
{
    /// <summary>The zone that is meant where none is named.</summary>
    public const string DefaultZone = "UTC";

    /// <summary>The entry of a run's meta that says for which tick it was created.</summary>
    public const string MetaKey = "scheduledAt";

    /// <summary>The shortest interval.</summary>
    public static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);

    /// <summary>The longest interval, which is also longer than anybody waits.</summary>
    public static readonly TimeSpan LongestInterval = TimeSpan.FromDays(3650);

    /// <summary>The longest jitter.</summary>
    public static readonly TimeSpan LongestJitter = TimeSpan.FromDays(1);

    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>When it ticks, as a cron expression; this or <see cref="Every"/>.</summary>
    public string? Cron { get; init; }

    /// <summary>How long it is from tick to tick.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>The IANA time zone that <see cref="Cron"/> is read in.</summary>
    public string Zone { get; init; } = DefaultZone;

    /// <summary>No tick is before this.</summary>
    public DateTimeOffset? Start { get; init; }

    /// <summary>No tick is after this.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>What a tick does while an earlier run is not final.</summary>
    public Overlap Overlap { get; init; }

    /// <summary>What becomes of ticks that were not made in time.</summary>
    public Missed Missed { get; init; }

    /// <summary>Within which time after its tick a run is due.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>What is wrong with it: the field, and the reason to be read after its name. Empty when nothing is.</summary>
    public IEnumerable<(string Field, string Reason)> Faults()
    {
        if (Cron is null && Every is null)
            yield return ("cron", "is required, unless every is given: when is it to tick? For example \"30 2 * * *\", or every: \"00:05:00\"");
        if (Cron is not null && Every is not null) yield return ("every", "must not be given together with cron: give one of the two");
        if (Cron is { } cron && !CronExpression.TryParse(cron, out _, out var fault)) yield return ("cron", fault);
        if (Every is { } every && (every < ShortestInterval || every > LongestInterval))
            yield return ("every", string.Create(CultureInfo.InvariantCulture, $"must be from 1 second to {LongestInterval.Days} days"));
        if (TimeZones.Find(Zone) is null) yield return ("zone", TimeZones.Explain(Zone));
        if (Jitter is { } jitter && (jitter < TimeSpan.Zero || jitter > LongestJitter)) yield return ("jitter", "must be from 0 to 24 hours");
        if (Start is { } start && (start < DateTimeOffset.UnixEpoch || start > Latest)) yield return ("start", "must be from 1970 to 2200");
        if (End > Latest) yield return ("end", "must be before the year 2200");
        if (End < Start) yield return ("end", "must not be before start, or it could never tick");
    }

    /// <summary>Whether another rule ticks at the same times.</summary>
    internal bool TicksLike(ScheduleRule other) =>
        (Cron, Every, Zone, Start, End) == (other.Cron, other.Every, other.Zone, other.Start, other.End);

    /// <summary>Its times.</summary>
    /// <param name="created">When the schedule was created.</param>
    /// <exception cref="FormatException">This process cannot tell them: it does not know the zone, or the expression is of a newer version.</exception>
    internal Timetable Timetable(DateTimeOffset created)
    {
        if (Every is { } every) return Scheduling.Timetable.ByInterval(every, created, Start, End);
        if (!CronExpression.TryParse(Cron ?? "", out var cron, out var fault)) throw new FormatException($"'{Cron}' {fault}.");
        var zone = TimeZones.Find(Zone) ?? throw new FormatException($"The time zone '{Zone}' is not known on this host. Install its time zone data (tzdata).");
        return Scheduling.Timetable.ByClock(cron, zone, Start, End);
    }

    /// <summary>The JSON that Redis keeps.</summary>
    internal string Write() => JsonSerializer.Serialize(this, FleetJson.Options);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    internal static ScheduleRule Read(string json) =>
        JsonSerializer.Deserialize<ScheduleRule>(json, FleetJson.Options) ?? throw new FormatException("The schedule's rule is empty.");
}

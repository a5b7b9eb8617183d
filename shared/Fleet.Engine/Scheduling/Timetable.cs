namespace Fleet.Engine.Scheduling;

/// <summary>When a schedule ticks, in milliseconds since 1970.</summary>
/// <param name="next">The first time after one; null where there is none.</param>
/// <param name="start">No tick is before this.</param>
/// <param name="end">No tick is after this.</param>
internal sealed class Timetable(Func<long, long?> next, DateTimeOffset? start, DateTimeOffset? end)
{
    private readonly long _start = start?.ToUnixTimeMilliseconds() ?? long.MinValue;
    private readonly long _end = end?.ToUnixTimeMilliseconds() ?? long.MaxValue;

    /// <summary>Ticks by the clock on the wall.</summary>
    public static Timetable ByClock(CronExpression cron, TimeZoneInfo zone, DateTimeOffset? start, DateTimeOffset? end)
    {
        var zoned = new ZonedCron(cron, zone);
        return new Timetable(
            after => zoned.Next(DateTimeOffset.FromUnixTimeMilliseconds(after).UtcDateTime) is { } at ? new DateTimeOffset(at).ToUnixTimeMilliseconds() : null,
            start, end);
    }

    /// <summary>Ticks every so often, from <paramref name="start"/> on, or an interval after <paramref name="created"/>.</summary>
    public static Timetable ByInterval(TimeSpan every, DateTimeOffset created, DateTimeOffset? start, DateTimeOffset? end)
    {
        var interval = (long)every.TotalMilliseconds;
        var first = start?.ToUnixTimeMilliseconds() ?? created.ToUnixTimeMilliseconds() + interval;
        return new Timetable(after => after < first ? first : first + ((after - first) / interval + 1) * interval, start, end);
    }

    /// <summary>The first tick after a time; null where there is none.</summary>
    public long? Next(long after) => next(Math.Max(after, _start == long.MinValue ? after : _start - 1)) is { } at && at <= _end ? at : null;

    /// <summary>The next ticks after a time, so many at most.</summary>
    public IEnumerable<long> After(long after, int most)
    {
        for (var at = Next(after); most > 0 && at is { } tick; at = Next(tick), most--) yield return tick;
    }

    /// <summary>The newest ticks after one time and not after another, so many at most, in order.</summary>
    /// <remarks>It looks back from the end, so that years of ticks every second cost no more than the few that are wanted.</remarks>
    public IReadOnlyList<long> Newest(long after, long until, int most)
    {
        const long FirstGlance = 60_000;
        const int Further = 4;
        for (var glance = FirstGlance; ; glance *= Further)
        {
            var from = Math.Max(after, until - glance);
            var found = new Queue<long>();
            for (var at = Next(from); at <= until; at = Next(at.Value))
            {
                if (found.Count == most) found.Dequeue();
                found.Enqueue(at.Value);
            }

            if (found.Count == most || from == after) return [.. found];
        }
    }
}

namespace Fleet.Engine.Scheduling;

/// <summary>A cron expression in a time zone: the moments that it names.</summary>
/// <remarks>
/// Where the clock is set forward, a time that is left out comes at the first moment after; several of them are one. An expression
/// that repeats within the day does so only where it would otherwise miss: the half past two of "every hour at half past" is the half
/// past three of that day. Where the clock is set back, a time that comes twice counts the first time; for an expression that repeats, both times.
/// </remarks>
internal sealed class ZonedCron(CronExpression cron, TimeZoneInfo zone)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>The first moment after <paramref name="after"/>, both in UTC; null where there is none.</summary>
    public DateTime? Next(DateTime after)
    {
        var at = after;
        var wall = WallAt(at);
        while (cron.Next(wall) is { } found)
        {
            var offset = zone.GetUtcOffset(at);
            var moment = Utc(found - offset);
            var horizon = moment - at > Day ? at + Day : moment;
            if (FirstChange(at, horizon) is { } change)
            {
                var now = zone.GetUtcOffset(change);
                if (now > offset && IsMadeUpFor(found, change + offset, change + now)) return change;
                at = change;
                // The second before, because what is named by the first second counts.
                wall = change + (now > offset || cron.Repeats ? now : offset) - Second;
            }
            else if (horizon == moment)
            {
                return moment;
            }
            else
            {
                // Nothing is named until then, so the clock may be set meanwhile as it likes: even by a day, as in Samoa.
                at = moment - 2 * Day > horizon ? moment - 2 * Day : horizon;
                wall = WallAt(at);
            }
        }

        return null;
    }

    /// <summary>What the clock shows, or, while it shows for the second time what counts only once, the end of that.</summary>
    private DateTime WallAt(DateTime at)
    {
        var now = zone.GetUtcOffset(at);
        var wall = Wall(at + now);
        if (cron.Repeats || FirstChange(at - Day, at) is not { } change) return wall;
        var end = Wall(change + zone.GetUtcOffset(change - Second)) - Second;
        return end > wall ? end : wall;
    }

    /// <summary>Whether a time that is left out, from <paramref name="found"/> on, is to come at the first moment after.</summary>
    private bool IsMadeUpFor(DateTime found, DateTime from, DateTime to)
    {
        for (DateTime? lost = found; lost < to; lost = cron.Next(lost.Value))
        {
            if (!cron.Repeats || !cron.Names(lost.Value + (to - from))) return true;
        }

        return false;
    }

    /// <summary>The first whole second after <paramref name="from"/> and not after <paramref name="to"/>, at most a day later, at which the clock is another one.</summary>
    private DateTime? FirstChange(DateTime from, DateTime to)
    {
        var before = zone.GetUtcOffset(from);
        if (zone.GetUtcOffset(to) == before) return null;
        // Whole seconds, of which `low` has the old offset and `high` the new one.
        var (low, high) = (from.Ticks / TimeSpan.TicksPerSecond, (to.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
        while (high - low > 1)
        {
            var middle = low + (high - low) / 2;
            if (zone.GetUtcOffset(Moment(middle)) == before) low = middle;
            else high = middle;
        }

        return Moment(high);
    }

    private static DateTime Moment(long seconds) => new(seconds * TimeSpan.TicksPerSecond, DateTimeKind.Utc);

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    private static DateTime Wall(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Unspecified);
}

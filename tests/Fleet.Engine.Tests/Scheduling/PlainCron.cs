namespace Fleet.Engine.Tests.Scheduling;

/// <summary>
/// Cron as a child would do it: every minute of a span is looked at, one after another, and held against sets of numbers. It shares
/// nothing with the expression under test but the text that both are made from.
/// </summary>
internal sealed record PlainCron(string Minutes, string Hours, string Days, string Months, string Weekdays)
{
    private readonly HashSet<int> _minutes = Set(Minutes, 0, 59);
    private readonly HashSet<int> _hours = Set(Hours, 0, 23);
    private readonly HashSet<int> _days = Set(Days, 1, 31);
    private readonly HashSet<int> _months = Set(Months, 1, 12);
    private readonly HashSet<int> _weekdays = [.. Set(Weekdays, 0, 6).Select(day => day % 7)];

    public string Text => $"{Minutes} {Hours} {Days} {Months} {Weekdays}";

    private bool Repeats => $"{Minutes}{Hours}".IndexOfAny(['*', '-', '/']) >= 0;

    public bool Names(DateTime wall)
    {
        var ofMonth = _days.Contains(wall.Day);
        var ofWeek = _weekdays.Contains((int)wall.DayOfWeek);
        var day = Days.StartsWith('*') || Weekdays.StartsWith('*') ? ofMonth && ofWeek : ofMonth || ofWeek;
        return day && _minutes.Contains(wall.Minute) && _hours.Contains(wall.Hour) && _months.Contains(wall.Month);
    }

    /// <summary>All ticks of a span of time, both ends in UTC and whole minutes; the first belongs to it, the last does not.</summary>
    public List<DateTime> Ticks(TimeZoneInfo zone, DateTime from, DateTime to)
    {
        var ticks = new List<DateTime>();
        var shown = new HashSet<DateTime>();
        var before = from.AddDays(-1);
        var last = before + zone.GetUtcOffset(before) - TimeSpan.FromMinutes(1);
        for (var moment = before; moment < to; moment = moment.AddMinutes(1))
        {
            var wall = moment + zone.GetUtcOffset(moment);
            var leap = wall - last - TimeSpan.FromMinutes(1);
            var isTick = Names(wall) && (shown.Add(wall) || Repeats);
            for (var lost = last.AddMinutes(1); lost < wall; lost = lost.AddMinutes(1))
                isTick |= Names(lost) && !(Repeats && Names(lost + leap));
            if (isTick && moment >= from) ticks.Add(moment);
            shown.Add(wall);
            last = wall;
        }

        return ticks;
    }

    private static HashSet<int> Set(string field, int least, int most) => [.. field.Split(',').SelectMany(item =>
    {
        var (range, step) = item.Split('/') is [var left, var right] ? (left, int.Parse(right, provider: null)) : (item, 0);
        var (from, to) = range == "*" ? (least, most)
            : range.Split('-') is [var first, var last] ? (int.Parse(first, provider: null), int.Parse(last, provider: null))
            : step == 0 ? (int.Parse(range, provider: null), int.Parse(range, provider: null))
            // Among the days of the week, 7 is another name of 0.
            : (int.Parse(range, provider: null) is var start && start > most ? least : start, most);
        return Enumerable.Range(from, to - from + 1).Where(value => (value - from) % Math.Max(step, 1) == 0);
    })];
}

using System.Globalization;

namespace Fleet.Engine.Scheduling;

/// <summary>The two fields of a cron expression that say which days of a month count.</summary>
/// <remarks>
/// As in cron, a day counts when either field lets it through, but where one of them begins with <c>*</c> both must.
/// </remarks>
internal sealed class CronDays
{
    private readonly List<Func<DateOnly, int>> _ofMonth = [];
    private readonly List<Func<DateOnly, int>> _ofWeek = [];
    private readonly bool _either;
    private ulong _numbers;
    private ulong _weekdays;

    /// <summary>Reads the fields.</summary>
    /// <exception cref="FormatException">One of them cannot be read.</exception>
    public CronDays(CronText days, CronText weekdays)
    {
        days.EachItem(CronField.Day, ReadDay);
        weekdays.EachItem(CronField.Weekday, ReadWeekday);
        _either = !days.IsOpen && !weekdays.IsOpen;
    }

    /// <summary>The days of a month that count, a bit each from bit 1 on.</summary>
    /// <param name="first">The month's first day.</param>
    public ulong Of(DateOnly first)
    {
        var days = DateTime.DaysInMonth(first.Year, first.Month);
        var ofMonth = _numbers;
        foreach (var special in _ofMonth) ofMonth |= Bit(special(first));
        var ofWeek = 0UL;
        for (var day = 1; day <= days; day++)
        {
            if ((_weekdays >> Weekday(first, day) & 1) != 0) ofWeek |= Bit(day);
        }

        foreach (var special in _ofWeek) ofWeek |= Bit(special(first));
        var all = (1UL << (days + 1)) - 2;
        return (_either ? ofMonth | ofWeek : ofMonth & ofWeek) & all;
    }

    /// <summary><c>L</c> the last day, <c>L-3</c> three days before, <c>LW</c> the last from Monday to Friday, <c>15W</c> that nearest to the 15th.</summary>
    private void ReadDay(string item)
    {
        var text = item.ToUpperInvariant();
        if (text == "?") _numbers |= CronField.Day.Read("*");
        else if (text == "L") _ofMonth.Add(Last);
        else if (text == "LW") _ofMonth.Add(first => NearestWorkday(first, Last(first)));
        else if (text.StartsWith("L-", StringComparison.Ordinal))
        {
            if (!int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var before) || before is < 1 or > 30)
                throw new FormatException("must have 1 to 30 days after 'L-'.");
            _ofMonth.Add(first => Math.Max(Last(first) - before, 0));
        }
        else if (text.EndsWith('W'))
        {
            var day = CronField.Day.Value(text[..^1]);
            // A month that has no such day has no workday near it either.
            _ofMonth.Add(first => day > Last(first) ? 0 : NearestWorkday(first, day));
        }
        else _numbers |= CronField.Day.Read(text);
    }

    /// <summary><c>5L</c> or <c>FRIL</c> the last Friday, <c>5#2</c> or <c>FRI#2</c> the second.</summary>
    private void ReadWeekday(string item)
    {
        var text = item.ToUpperInvariant();
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (text == "?") _weekdays |= CronField.Weekday.Read("*");
        else if (hash >= 0)
        {
            var day = CronField.Weekday.Value(text[..hash]) % 7;
            if (text[(hash + 1)..] is not [>= '1' and <= '5' and var which]) throw new FormatException("must have 1 to 5 after the '#'.");
            _ofWeek.Add(first => FirstOf(first, day) + 7 * (which - '1') is var found && found <= Last(first) ? found : 0);
        }
        else if (text.Length > 1 && text.EndsWith('L'))
        {
            var day = CronField.Weekday.Value(text[..^1]) % 7;
            _ofWeek.Add(first => Last(first) - (Weekday(first, Last(first)) - day + 7) % 7);
        }
        else _weekdays |= CronField.Weekday.Read(text);
    }

    private static int Last(DateOnly first) => DateTime.DaysInMonth(first.Year, first.Month);

    private static int FirstOf(DateOnly first, int weekday) => 1 + (weekday - Weekday(first, 1) + 7) % 7;

    /// <summary>The day from Monday to Friday that is nearest to a day, in the same month.</summary>
    private static int NearestWorkday(DateOnly first, int day) => Weekday(first, day) switch
    {
        6 => day > 1 ? day - 1 : day + 2,
        0 => day < Last(first) ? day + 1 : day - 2,
        _ => day,
    };

    private static int Weekday(DateOnly first, int day) => ((int)first.DayOfWeek + day - 1) % 7;

    private static ulong Bit(int day) => day == 0 ? 0 : 1UL << day;
}

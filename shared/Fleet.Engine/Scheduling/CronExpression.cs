using System.Diagnostics.CodeAnalysis;

namespace Fleet.Engine.Scheduling;

/// <summary>A cron expression, as times that a clock on the wall shows; which moments those are is another matter.</summary>
/// <remarks>
/// Five fields (minute, hour, day of month, month, day of week), or six with the second before them. Each is a list of values, ranges
/// and steps; months and days of the week have names, and Sunday is 0 and 7. What <c>L</c>, <c>W</c> and <c>#</c> do, <see cref="CronDays"/> says.
/// </remarks>
internal sealed class CronExpression
{
    /// <summary>Nobody plans further, and what does not come by then never comes.</summary>
    private const int LastYear = 2200;

    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
    };

    private readonly ulong _seconds;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _months;
    private readonly CronDays _days;

    private CronExpression(CronText[] fields)
    {
        var (second, minute, hour) = (fields[0], fields[1], fields[2]);
        _seconds = second.Read(CronField.Second);
        _minutes = minute.Read(CronField.Minute);
        _hours = hour.Read(CronField.Hour);
        _days = new CronDays(fields[3], fields[5]);
        _months = fields[4].Read(CronField.Month);
        Repeats = second.Repeats || minute.Repeats || hour.Repeats;
    }

    /// <summary>Whether it means every so often within a day (a <c>*</c>, range or step in second, minute or hour) rather than at certain times.</summary>
    public bool Repeats { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="expression">What it means.</param>
    /// <param name="fault">What is wrong with it, to be read after its field's name.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CronExpression? expression, [NotNullWhen(false)] out string? fault)
    {
        (expression, fault) = (null, null);
        try
        {
            expression = new CronExpression(Split(text));
            if (expression.Next(DateTime.MinValue) is not null) return true;
            (expression, fault) = (null, "never comes: no month that it names has such a day");
        }
        catch (FormatException e)
        {
            fault = e.Message.EndsWith('.') ? e.Message[..^1] : e.Message;
        }

        return false;
    }

    /// <summary>The first time that it names after <paramref name="after"/>, in whole seconds; null where there is none before the year 2200.</summary>
    public DateTime? Next(DateTime after)
    {
        var from = after.AddTicks(TimeSpan.TicksPerSecond - after.Ticks % TimeSpan.TicksPerSecond);
        var (day, time) = (from.Day, from.TimeOfDay);
        for (var month = new DateOnly(from.Year, from.Month, 1); month.Year < LastYear; month = month.AddMonths(1), day = 1, time = TimeSpan.Zero)
        {
            if (_months.Next(month.Month) != month.Month) continue;
            var days = _days.Of(month);
            for (var found = days.Next(day); found >= 0; found = days.Next(found + 1))
            {
                if (found > day) time = TimeSpan.Zero;
                if (TimeOfDay(time) is { } at) return new DateTime(month.Year, month.Month, found) + at;
            }
        }

        return null;
    }

    /// <summary>Whether it names this time.</summary>
    public bool Names(DateTime time) => Next(time.AddTicks(-1)) == time;

    /// <summary>The first time of a day from <paramref name="from"/> on.</summary>
    private TimeSpan? TimeOfDay(TimeSpan from)
    {
        for (var hour = _hours.Next(from.Hours); hour >= 0; hour = _hours.Next(hour + 1))
        {
            var sameHour = hour == from.Hours;
            for (var minute = _minutes.Next(sameHour ? from.Minutes : 0); minute >= 0; minute = _minutes.Next(minute + 1))
            {
                var second = _seconds.Next(sameHour && minute == from.Minutes ? from.Seconds : 0);
                if (second >= 0) return new TimeSpan(hour, minute, second);
            }
        }

        return null;
    }

    private static CronText[] Split(string text)
    {
        var plain = text.Trim();
        if (plain.StartsWith('@'))
        {
            plain = Words.TryGetValue(plain, out var meant) ? meant : throw new FormatException(
                $"has no such word as '{plain}'; there are {string.Join(", ", Words.Keys)}.{NearestName.Question(plain, Words.Keys)}");
        }

        var fields = plain.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length is not (5 or 6))
        {
            throw new FormatException(
                $"must have 5 fields (minute hour day-of-month month day-of-week) or 6 (second first), such as \"30 2 * * MON-FRI\"; it has {fields.Length}.");
        }

        var texts = fields.Select((field, index) => new CronText(field, index + 1, fields.Length));
        return fields.Length == 6 ? [.. texts] : [new CronText("0", 1, 6), .. texts];
    }
}

using System.Globalization;

namespace Fleet.Hangfire.Layout;

/// <summary>When a schedule ticks, as the cron expression that Hangfire wants.</summary>
internal static class CronText
{
    /// <summary>
    /// The schedule's own; for an interval the one that says as much in cron's words, which count within the minute, the hour and the day.
    /// It is only shown: the next execution is told beside it, and nobody reckons with this.
    /// </summary>
    public static string Of(Schedule schedule) => schedule.Cron ?? (schedule.Every is { } every ? Of(every) : "");

    private static string Of(TimeSpan every)
    {
        if (every < TimeSpan.FromMinutes(1)) return Text($"{Step(every.TotalSeconds)} * * * * *");
        if (every < TimeSpan.FromHours(1)) return Text($"{Step(every.TotalMinutes)} * * * *");
        if (every < TimeSpan.FromDays(1)) return Text($"0 {Step(every.TotalHours)} * * *");
        return Text($"0 0 {Step(Math.Min(every.TotalDays, 31))} * *");
    }

    private static string Step(double units)
    {
        var whole = (int)Math.Max(units, 1);
        return whole == 1 ? "*" : Text($"*/{whole}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

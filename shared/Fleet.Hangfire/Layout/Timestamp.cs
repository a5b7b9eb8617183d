using System.Globalization;

namespace Fleet.Hangfire.Layout;

/// <summary>The timestamps of fields and histories.</summary>
internal static class Timestamp
{
    private const long LastSecond = 253_402_300_799;

    /// <summary>Unix milliseconds in digits, which dashboards of every compatibility level read.</summary>
    public static string Of(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Reads what a dashboard wrote: milliseconds or seconds in digits, or ISO 8601; null for what is none of it.</summary>
    public static DateTimeOffset? Read(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number > LastSecond ? DateTimeOffset.FromUnixTimeMilliseconds(number) : DateTimeOffset.FromUnixTimeSeconds(number);
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
    }
}

using System.Globalization;

namespace Fleet.Cli.Input;

/// <summary>Reads durations as people type them.</summary>
internal static class Durations
{
    private const string Rule = "a duration such as 30, 90s, 15m, 2h, 1d or 00:05:00";

    /// <summary>Reads a number of seconds, a number with a unit, or <c>hh:mm:ss</c>.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        if (text.Contains(':', StringComparison.Ordinal))
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out span) && span >= TimeSpan.Zero;

        span = default;
        var unit = text.Length > 0 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 } : 0;
        var number = unit == 0 ? text : text[..^1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)) return false;
        var seconds = value * Math.Max(unit, 1);
        if (!(seconds <= TimeSpan.MaxValue.TotalSeconds / 2)) return false;
        span = TimeSpan.FromSeconds(seconds);
        return true;
    }

    public static TimeSpan? Read(string? text, string option) => text is null ? null
        : TryParse(text, out var span) ? span
        : throw new UsageException($"{option} '{text}' is not {Rule}.");

    /// <summary>Reads a moment: a timestamp, or how long ago it was.</summary>
    public static DateTimeOffset? ReadMoment(string? text, string option, TimeProvider time)
    {
        if (text is null) return null;
        if (TryParse(text, out var ago)) return time.GetUtcNow() - ago;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? at
            : throw new UsageException($"{option} '{text}' is neither a time such as 2026-01-31T09:30:00Z nor {Rule} ago.");
    }

    /// <summary>Reads a moment: a timestamp, in UTC where it does not say.</summary>
    public static DateTimeOffset? ReadTime(string? text, string option) => text is null ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at
        : throw new UsageException($"{option} '{text}' is not a time such as 2026-01-31T09:30:00Z.");
}

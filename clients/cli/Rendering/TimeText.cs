using System.Globalization;

namespace Fleet.Cli.Rendering;

/// <summary>Times and durations as people read them.</summary>
internal static class TimeText
{
    /// <summary>A duration with two figures that matter: <c>850 ms</c>, <c>1.2 s</c>, <c>2m 05s</c>, <c>3h 12m</c>, <c>2d 4h</c>.</summary>
    public static string Duration(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.Zero => "0 ms",
        { TotalMilliseconds: < 999.5 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes}m {span.Seconds:00}s",
        { TotalHours: < 24 } => $"{(int)span.TotalHours}h {span.Minutes:00}m",
        _ => $"{(int)span.TotalDays}d {span.Hours}h",
    };

    /// <summary>How long ago, in one figure: <c>5s</c>, <c>12m</c>, <c>3h</c>, <c>2d</c>.</summary>
    public static string Age(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.FromSeconds(1) => "0s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds}s",
        { TotalMinutes: < 60 } => $"{(int)span.TotalMinutes}m",
        { TotalHours: < 48 } => $"{(int)span.TotalHours}h",
        _ => $"{(int)span.TotalDays}d",
    };

    /// <summary>A moment, in UTC.</summary>
    public static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>A moment as the wire has it.</summary>
    public static string Wire(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long an attempt has taken or took; null when it has not started.</summary>
    public static TimeSpan? Took(Run run, DateTimeOffset now) => run.StartedAt is { } started
        ? run.FinishedAt is { } finished ? finished - started : run.State == RunState.Running ? now - started : null
        : null;
}

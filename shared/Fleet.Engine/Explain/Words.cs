using System.Globalization;
using System.Text.Json;

namespace Fleet.Engine.Explain;

/// <summary>Builds reasons, and puts durations and lists into words.</summary>
internal static class Words
{
    /// <summary>How many names a text has room for.</summary>
    private const int MostNames = 5;

    /// <summary>A reason; data that is null is left out.</summary>
    public static RunReason Reason(string code, string text, params (string Name, object? Value)[] data)
    {
        var given = data.Where(item => item.Value is not null)
            .ToDictionary(item => item.Name, item => JsonSerializer.SerializeToElement(item.Value, FleetJson.Options));
        return new RunReason { Code = code, Text = text, Data = given.Count > 0 ? given : null };
    }

    /// <summary>A duration with the two figures that matter: <c>850 ms</c>, <c>12 s</c>, <c>3 min 20 s</c>, <c>2 h 5 min</c>, <c>4 d 3 h</c>.</summary>
    public static string For(TimeSpan span) => span switch
    {
        _ when span < TimeSpan.Zero => "0 ms",
        { TotalMilliseconds: < 1000 } => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMilliseconds} ms"),
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min {span.Seconds} s",
        { TotalDays: < 1 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        _ => $"{(int)span.TotalDays} d {span.Hours} h",
    };

    /// <summary>A moment, in UTC.</summary>
    public static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A number of runs: <c>1 run</c>, <c>1,200 runs</c>.</summary>
    public static string Runs(long count) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {(count == 1 ? "run" : "runs")}");

    /// <summary>Names: <c>a</c>, <c>a and b</c>, <c>a, b, c, d, e and 12 more</c>.</summary>
    public static string Names(IEnumerable<string> names)
    {
        var all = names.Distinct().ToList();
        if (all.Count > MostNames) return $"{string.Join(", ", all.Take(MostNames))} and {all.Count - MostNames} more";
        return all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    /// <summary>An error on one line, ending as a sentence does.</summary>
    public static string Error(RunError? error) => error is null ? "." : $" with {error.Type}: {error.Message.TrimEnd().TrimEnd('.')}.";
}

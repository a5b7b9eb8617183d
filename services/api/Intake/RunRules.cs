using System.Globalization;
using System.Text;
using Fleet.Api.Bodies;

namespace Fleet.Api.Intake;

/// <summary>What every run must keep to, whatever its job.</summary>
internal static class RunRules
{
    public const int MaxAttempts = 100;
    public const int MaxTags = 20;
    public const int MaxTagLength = 64;
    public const int MaxMetaEntries = 50;
    public const int MaxMetaBytes = 8 * 1024;
    public const int MaxKeyLength = 256;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(365);

    // Scripts write times as numbers of 14 digits, and nobody plans further.
    private static readonly DateTimeOffset Latest = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Notes everything that is wrong with a run but for its job and input.</summary>
    public static void Check(NewRun run, FieldErrors errors)
    {
        if (run.Queue is { } queue && !Names.IsValid(queue)) errors.Add("queue", $"must be {Names.Rule}");
        if (run.MaxAttempts is { } attempts and (< 1 or > MaxAttempts)) errors.Add("maxAttempts", $"must be from 1 to {MaxAttempts}, not {attempts}");
        foreach (var (field, message) in run.Backoff?.Faults() ?? []) errors.Add($"backoff.{field}", message);
        CheckTimes(run, errors);
        CheckTags(run, errors);
        CheckMeta(run, errors);
        CheckUnique(run, errors);
        if (run.Durability is { } durability && !Durability.TryParse(durability, out _)) errors.Add("durability", $"must be {Durability.Rule}");
    }

    private static void CheckTimes(NewRun run, FieldErrors errors)
    {
        if (run.Delay is { } delay)
        {
            if (delay < TimeSpan.Zero) errors.Add("delay", "must not be negative");
            if (delay > LongestDelay) errors.Add("delay", $"must be at most {LongestDelay.Days} days");
            if (run.At is not null) errors.Add("delay", "must not be given together with at: give one of the two");
        }

        if (run.At > Latest) errors.Add("at", $"must be before the year {Latest.Year}");
        if (run.Timeout is { } timeout && (timeout <= TimeSpan.Zero || timeout > LongestTimeout))
            errors.Add("timeout", $"must be longer than 0 and at most {LongestTimeout.Days} days");
        if (run.ExpiresAt > Latest) errors.Add("expiresAt", $"must be before the year {Latest.Year}");
        if (run.ExpiresAt <= run.At) errors.Add("expiresAt", "must be later than at, or the run could never start");
    }

    private static void CheckTags(NewRun run, FieldErrors errors)
    {
        if (run.Tags is not { } tags) return;
        if (tags.Count > MaxTags) errors.Add("tags", $"may hold {MaxTags} tags; it holds {tags.Count}");
        for (var i = 0; i < Math.Min(tags.Count, MaxTags); i++)
        {
            if (tags[i] is null) errors.Add($"tags[{i}]", "must be a string, not null");
            else if (tags[i].Length is 0 or > MaxTagLength) errors.Add($"tags[{i}]", $"must have 1 to {MaxTagLength} characters; it has {tags[i].Length}");
        }
    }

    private static void CheckMeta(NewRun run, FieldErrors errors)
    {
        if (run.Meta is not { } meta) return;
        if (meta.Count > MaxMetaEntries) errors.Add("meta", $"may hold {MaxMetaEntries} entries; it holds {meta.Count}");
        var bytes = 0L;
        foreach (var (key, value) in meta)
        {
            if (key.Length == 0) errors.Add("meta", "must not have an empty key");
            if (value is null) errors.Add($"meta.{key}", "must be a string, not null");
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value ?? "");
        }

        if (bytes > MaxMetaBytes)
            errors.Add("meta", string.Create(CultureInfo.InvariantCulture, $"may hold {MaxMetaBytes} bytes of keys and values; it holds {bytes}"));
    }

    private static void CheckUnique(NewRun run, FieldErrors errors)
    {
        if (run.Unique is not { } unique) return;
        if (string.IsNullOrEmpty(unique.Key)) errors.Add("unique.key", "is required");
        else if (unique.Key.Length > MaxKeyLength) errors.Add("unique.key", $"must have at most {MaxKeyLength} characters; it has {unique.Key.Length}");
        if (unique.For is { } time && (time < TimeSpan.FromMilliseconds(1) || time > LongestDelay))
            errors.Add("unique.for", $"must be longer than 0 and at most {LongestDelay.Days} days");
    }
}

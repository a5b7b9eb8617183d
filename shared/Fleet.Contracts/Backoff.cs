using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>How long to wait before a retry.</summary>
/// <remarks>
/// The default is exponential with full jitter (a random time from 0 to the step), so that runs that failed together do not come
/// back together. The other kinds wait exactly as long as they say.
/// </remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record Backoff
{
    /// <summary>The first wait where nobody says otherwise.</summary>
    private static readonly TimeSpan UsualDelay = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait where nobody says otherwise.</summary>
    private static readonly TimeSpan UsualMax = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);
    private const int MostDelays = 100;

    /// <summary>Exponential: 2 seconds, doubled with every attempt, at most 10 minutes.</summary>
    public static Backoff Default { get; } = new();

    /// <summary>How the waits follow from each other.</summary>
    public BackoffKind Kind { get; init; } = BackoffKind.Exponential;

    /// <summary>The first wait, and for <see cref="BackoffKind.Linear"/> what each further one adds; absent means 2 seconds. Not for lists.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>The longest wait; absent means 10 minutes. For exponential and linear ones.</summary>
    public TimeSpan? Max { get; init; }

    /// <summary>The waits one by one, the last for all attempts after it. For lists.</summary>
    public IReadOnlyList<TimeSpan>? Delays { get; init; }

    /// <summary>A random wait up to <paramref name="first"/>, doubled with every attempt up to <paramref name="longest"/>.</summary>
    public static Backoff Exponential(TimeSpan first, TimeSpan longest) => new() { Delay = first, Max = longest };

    /// <summary>The same wait every time.</summary>
    public static Backoff Fixed(TimeSpan delay) => new() { Kind = BackoffKind.Fixed, Delay = delay };

    /// <summary>A wait that grows by <paramref name="step"/> with every attempt up to <paramref name="longest"/>.</summary>
    public static Backoff Linear(TimeSpan step, TimeSpan longest) => new() { Kind = BackoffKind.Linear, Delay = step, Max = longest };

    /// <summary>These waits one after the other, the last for all attempts after it.</summary>
    public static Backoff List(params IReadOnlyList<TimeSpan> delays) => new() { Kind = BackoffKind.List, Delays = delays };

    /// <summary>The wait after an attempt.</summary>
    /// <param name="attempt">The attempt's number within the run's present life, from 1.</param>
    [SuppressMessage("Security", "CA5394", Justification = "The jitter spreads load; it guards nothing.")]
    public TimeSpan After(int attempt) => Kind == BackoffKind.Exponential ? Most(attempt) * Random.Shared.NextDouble() : Most(attempt);

    /// <summary>The longest that the wait after an attempt can be.</summary>
    /// <param name="attempt">The attempt's number within the run's present life, from 1.</param>
    public TimeSpan Most(int attempt)
    {
        var delay = Delay ?? UsualDelay;
        return Kind switch
        {
            BackoffKind.Fixed => delay,
            BackoffKind.Linear => Bounded(delay.TotalSeconds * attempt),
            BackoffKind.List when Delays is { Count: > 0 } delays => delays[Math.Min(attempt, delays.Count) - 1],
            _ => Bounded(delay.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 60))),
        };
    }

    /// <summary>What is wrong with it, by field; nothing when it will do.</summary>
    public IEnumerable<(string Field, string Message)> Faults()
    {
        if (Delay < TimeSpan.Zero || Delay > Longest) yield return ("delay", $"must be from 0 to {Longest.Days} days");
        if (Max < TimeSpan.Zero || Max > Longest) yield return ("max", $"must be from 0 to {Longest.Days} days");
        if (Delay > (Max ?? TimeSpan.MaxValue)) yield return ("max", "must not be shorter than delay");
        if (Kind is BackoffKind.Fixed or BackoffKind.List && Max is not null) yield return ("max", "is for exponential and linear ones");
        if (Kind != BackoffKind.List && Delays is not null) yield return ("delays", "is for kind list");
        if (Kind != BackoffKind.List) yield break;

        if (Delay is not null) yield return ("delay", "is not for kind list, which has delays");
        if (Delays is not { Count: > 0 and <= MostDelays }) yield return ("delays", $"must hold 1 to {MostDelays} durations");
        else if (Delays.Any(delay => delay < TimeSpan.Zero || delay > Longest)) yield return ("delays", $"must each be from 0 to {Longest.Days} days");
    }

    private TimeSpan Bounded(double seconds)
    {
        var max = Max ?? UsualMax;
        return seconds < max.TotalSeconds ? TimeSpan.FromSeconds(seconds) : max;
    }
}

/// <summary>How the waits before retries follow from each other. The names, in lower case, are what the wire and Redis carry.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<BackoffKind>))]
public enum BackoffKind
{
    /// <summary>Doubled with every attempt, with full jitter.</summary>
    Exponential,

    /// <summary>Always the same.</summary>
    Fixed,

    /// <summary>Longer by the same time with every attempt.</summary>
    Linear,

    /// <summary>One by one as given.</summary>
    List,
}

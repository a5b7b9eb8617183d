using System.Diagnostics.CodeAnalysis;

namespace Fleet.Workers;

/// <summary>
/// How long to wait before a retry: exponential with full jitter, so that runs that failed together do not come back together.
/// </summary>
internal sealed record Backoff
{
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Longest { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait after an attempt, numbered from 1: evenly spread from 0 to <see cref="Most"/>.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "The jitter spreads load; it guards nothing.")]
    public TimeSpan After(int attempt) => Most(attempt) * Random.Shared.NextDouble();

    /// <summary>The longest wait after an attempt.</summary>
    public TimeSpan Most(int attempt)
    {
        var seconds = First.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 60));
        return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
    }
}

namespace Fleet.Bench.Measuring;

/// <summary>Medians and percentiles.</summary>
internal static class Figures
{
    /// <summary>The value in the middle, or the mean of the two there.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) throw new ArgumentException("There is no median of nothing.", nameof(values));
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The smallest value that at least <paramref name="share"/> of all do not exceed (nearest rank).</summary>
    /// <param name="sorted">The values, in ascending order.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Percentile(IReadOnlyList<double> sorted, double share)
    {
        if (sorted.Count == 0) throw new ArgumentException("There is no percentile of nothing.", nameof(sorted));
        // A share such as 0.999 is not exact, and its rank may be computed a hair too high.
        var rank = (int)Math.Ceiling(share * sorted.Count - 1e-9);
        return sorted[Math.Clamp(rank, 1, sorted.Count) - 1];
    }
}

namespace Fleet.Bench.Measuring;

/// <summary>How times are spread, in ms.</summary>
internal sealed record Distribution(int Count, double P50, double P99, double P999, double Max)
{
    public static Distribution Of(IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToArray();
        double At(double share) => Figures.Percentile(sorted, share);
        return new Distribution(sorted.Length, At(0.5), At(0.99), At(0.999), At(1));
    }

    /// <summary>The median of each figure.</summary>
    public static Distribution Median(IReadOnlyList<Distribution> rounds)
    {
        double Of(Func<Distribution, double> figure) => Figures.Median(rounds.Select(figure));
        return new Distribution(rounds.Sum(round => round.Count), Of(d => d.P50), Of(d => d.P99), Of(d => d.P999), Of(d => d.Max));
    }
}

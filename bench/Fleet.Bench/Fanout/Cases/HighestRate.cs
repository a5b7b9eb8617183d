using Fleet.Bench.Reporting;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>Searches for the highest rate at which nothing is lost and p99 stays under a second.</summary>
internal static class HighestRate
{
    private const double Growth = 1.4;
    private const int Halvings = 3;
    private const int Retries = 4;
    private const double Retreat = 0.94;

    /// <summary>How much of a rate the load must have published for the rate to count.</summary>
    private const double Pace = 0.97;

    /// <summary>How long p99 may be, in ms.</summary>
    public const double Limit = 1000;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(4);

    /// <summary>Goes up until it is too much, halves what lies between, and then holds what was found for as long as is asked for.</summary>
    /// <param name="first">The rate to begin with.</param>
    /// <param name="lasts">How long the result must hold.</param>
    /// <param name="measure">Measures at a rate for a time.</param>
    public static async Task<FanoutRow> FindAsync(double first, TimeSpan lasts, Func<double, TimeSpan, Task<FanoutRow>> measure)
    {
        double good = 0, bad = double.PositiveInfinity;
        for (var rate = first; double.IsPositiveInfinity(bad); rate *= Growth) await TryAsync(rate);
        for (var i = 0; i < Halvings; i++) await TryAsync((good + bad) / 2);

        var row = await measure(good > 0 ? good : first, lasts);
        for (var i = 0; i < Retries && !Holds(row); i++) row = await measure(row.Rate * Retreat, lasts);
        return row;

        async Task TryAsync(double rate)
        {
            var step = await measure(rate, Step);
            Report.Progress(FormattableString.Invariant(
                $"  {rate:N0}/s: {step.DeliveriesPerSecond:N0} deliveries/s, p99 {step.P99:N0} ms, load {step.LoadCores:P0}, lost {step.Reckoning.Lost}"));
            if (Holds(step)) good = rate;
            else bad = rate;
        }
    }

    /// <summary>Whether a rate was carried.</summary>
    public static bool Holds(FanoutRow row) => row.P99 < Limit && row.Reckoning.IsClean && row.PublishedPerSecond > row.Rate * Pace;
}

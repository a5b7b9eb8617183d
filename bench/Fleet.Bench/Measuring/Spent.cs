namespace Fleet.Bench.Measuring;

/// <summary>What a part of a measurement took.</summary>
/// <param name="Elapsed">By the clock.</param>
/// <param name="Redis">CPU time of Redis.</param>
/// <param name="Others">CPU time of each process that was measured.</param>
/// <param name="Self">CPU time of this process, which makes the load and reads the results.</param>
internal sealed record Spent(TimeSpan Elapsed, TimeSpan Redis, IReadOnlyList<TimeSpan> Others, TimeSpan Self)
{
    /// <summary>CPU time of all processes that were measured.</summary>
    public TimeSpan AllOthers => Others.Aggregate(TimeSpan.Zero, (sum, cpu) => sum + cpu);

    /// <summary>How many of these there were a second.</summary>
    public double PerSecond(int runs) => runs / Elapsed.TotalSeconds;

    /// <summary>A time's share of one of these, in µs.</summary>
    public static double Each(TimeSpan time, int runs) => time.TotalMicroseconds / runs;
}

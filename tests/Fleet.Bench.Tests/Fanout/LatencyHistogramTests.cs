using Fleet.Bench.Fanout.Load;

namespace Fleet.Bench.Tests.Fanout;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal(0, new LatencyHistogram().Percentile(0.99));

    [Fact]
    public void Percentile_SmallValues_IsExact()
    {
        var histogram = new LatencyHistogram();
        for (var i = 1; i <= 200; i++) histogram.Add(i);

        Assert.Equal(0.100, histogram.Percentile(0.5));
        Assert.Equal(0.198, histogram.Percentile(0.99));
        Assert.Equal(0.200, histogram.Percentile(1));
        Assert.Equal(200, histogram.Count);
    }

    [Fact]
    public void Percentile_AnyDistribution_IsWithinItsWidthOfTheSortedList()
    {
        var random = new Random(5);
        var histogram = new LatencyHistogram();
        var all = new List<long>();
        for (var i = 0; i < 20_000; i++)
        {
            var value = (long)Math.Exp(random.NextDouble() * 24);
            all.Add(value);
            histogram.Add(value);
        }

        all.Sort();
        foreach (var share in new[] { 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var exact = all[Math.Max((int)Math.Ceiling(all.Count * share) - 1, 0)] / 1000.0;
            Assert.InRange(histogram.Percentile(share), exact, exact * (1 + 1 / 128.0));
        }

        Assert.Equal(all[^1], histogram.Max);
    }

    [Fact]
    public void Add_ValuesOutOfRange_AreCountedAtTheEnds()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(-5);
        histogram.Add(long.MaxValue);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(0.5));
        Assert.Equal(long.MaxValue, histogram.Max);
    }
}

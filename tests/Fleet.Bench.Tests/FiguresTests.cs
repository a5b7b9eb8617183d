using Fleet.Bench.Measuring;

namespace Fleet.Bench.Tests;

public sealed class FiguresTests
{
    [Theory]
    [InlineData(new[] { 3.0 }, 3.0)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5.0)]
    [InlineData(new[] { 4.0, 1.0, 2.0, 100.0 }, 3.0)]
    public void Median_OfUnsortedValues_IsTheMiddle(double[] values, double expected) => Assert.Equal(expected, Figures.Median(values));

    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.99, 990)]
    [InlineData(0.999, 999)]
    [InlineData(1, 1000)]
    [InlineData(0, 1)]
    public void Percentile_OfAThousand_IsTheNearestRank(double share, double expected) =>
        Assert.Equal(expected, Figures.Percentile([.. Enumerable.Range(1, 1000).Select(number => (double)number)], share));

    [Fact]
    public void Percentile_OfOne_IsThatOne() => Assert.Equal(7, Figures.Percentile([7], 0.999));

    [Fact]
    public void Figures_OfNothing_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Figures.Median([]));
        Assert.Throws<ArgumentException>(() => Figures.Percentile([], 0.5));
    }

    [Fact]
    public void Distribution_OfUnsortedTimes_ShowsTheWorst()
    {
        var spread = Distribution.Of(Enumerable.Range(1, 100).Reverse().Select(number => (double)number));

        Assert.Equal(new Distribution(100, 50, 99, 100, 100), spread);
    }
}

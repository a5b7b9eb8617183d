using Fleet.Bench.Picture;

namespace Fleet.Bench.Tests;

public sealed class PictureLagTests
{
    [Fact]
    public void Lag_IsTheTimeSinceMoreHadEndedThanAreCounted()
    {
        PictureSample[] samples = [Sample(0, ended: 0, counted: 0), Sample(10, ended: 5, counted: 0), Sample(20, ended: 9, counted: 0), Sample(30, ended: 9, counted: 5)];

        Assert.Equal([0, 0, 10, 10], PictureLag.Of(samples));
    }

    [Fact]
    public void Lag_OfNoSamples_IsNone() => Assert.Empty(PictureLag.Of([]));

    private static PictureSample Sample(int milliseconds, long ended, long counted) => new(TimeSpan.FromMilliseconds(milliseconds), ended, counted);
}

using System.Diagnostics;
using Fleet.Bench.Fanout.Load;

namespace Fleet.Bench.Tests.Fanout;

public sealed class PacerTests
{
    [Fact]
    public async Task RunAsync_ARate_PublishesExactlySoManyNoneBeforeItIsDue()
    {
        var begun = Stopwatch.GetTimestamp();
        var (published, early) = (0, 0);
        var returned = await Pacer.RunAsync(1000, TimeSpan.FromSeconds(0.2), (count, asOf) =>
        {
            published += count;
            if (Stopwatch.GetElapsedTime(begun, asOf) < TimeSpan.FromMilliseconds(published - 1)) early++;
            return false;
        }, CancellationToken.None);

        Assert.Equal((200, 200L, 0), (published, returned, early));
    }

    [Fact]
    public async Task RunAsync_AfterItHadToWait_CountsWhatWasDueMeanwhileFromWhenItWasDue()
    {
        var times = new List<long>();
        await Pacer.RunAsync(1000, TimeSpan.FromSeconds(0.1), (count, asOf) =>
        {
            for (var i = 0; i < count; i++) times.Add(asOf);
            if (times.Count > count) return false;
            using var never = new ManualResetEventSlim();
            never.Wait(50);
            return true;
        }, CancellationToken.None);

        // What follows the wait has the times of an even pace, a millisecond apart.
        var pace = Stopwatch.Frequency / 1000;
        Assert.Equal(100, times.Count);
        Assert.Equal(Enumerable.Repeat(pace, 30), times.Skip(10).Zip(times.Skip(11), (one, next) => next - one).Take(30));
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        var published = await Pacer.RunAsync(100, TimeSpan.FromHours(1), (_, _) =>
        {
            cancelled.Cancel();
            return false;
        }, cancelled.Token);

        Assert.InRange(published, 1, 1000);
    }
}

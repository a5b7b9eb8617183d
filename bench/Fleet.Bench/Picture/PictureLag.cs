using System.Diagnostics;
using Fleet.Bench.Processes;

namespace Fleet.Bench.Picture;

/// <summary>How far the picture's counter of succeeded runs is behind the runs that have succeeded.</summary>
internal static class PictureLag
{
    private const string Counter = "{fleet-hangfire}:stats:succeeded";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>How many runs the picture has counted.</summary>
    public static async Task<long> CountedAsync(BenchFleet fleet) => (long)await fleet.Redis.Database.StringGetAsync(Counter);

    /// <summary>Looks again and again until it is cancelled; returns for each look how long ago as many runs had ended as the picture counts, in ms.</summary>
    public static async Task<IReadOnlyList<double>> WatchAsync(BenchFleet fleet, CancellationToken over)
    {
        var looks = new List<Look>();
        var clock = Stopwatch.StartNew();
        while (!over.IsCancellationRequested)
        {
            var ended = fleet.SucceededAsync();
            var counted = CountedAsync(fleet);
            looks.Add(new Look(clock.Elapsed, await ended, await counted));
            await Task.Delay(Step, CancellationToken.None);
        }

        return Lags(looks);
    }

    /// <summary>For each look, since when there have been more ended runs than the picture counts.</summary>
    internal static IReadOnlyList<double> Lags(IReadOnlyList<Look> looks)
    {
        var lags = new List<double>(looks.Count);
        var first = 0;
        foreach (var look in looks)
        {
            while (looks[first].Ended <= look.Counted && looks[first].At < look.At) first++;
            lags.Add((look.At - looks[first].At).TotalMilliseconds);
        }

        return lags;
    }

    /// <summary>What was seen at a time.</summary>
    internal readonly record struct Look(TimeSpan At, long Ended, long Counted);
}

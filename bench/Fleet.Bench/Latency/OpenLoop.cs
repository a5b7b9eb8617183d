using System.Diagnostics;

namespace Fleet.Bench.Latency;

/// <summary>
/// Arrivals at a fixed rate, however long each takes: an arrival does not wait for the one before. Latency counts from the moment when an
/// arrival was due, so a stall that holds up later arrivals counts for each of them (no coordinated omission).
/// </summary>
internal static class OpenLoop
{
    /// <summary>Calls <paramref name="arrive"/> for each arrival, on a thread of its own, and returns when each was due by the monotonic clock.</summary>
    public static async Task<long[]> RunAsync(int count, double perSecond, Action<int> arrive)
    {
        var due = Plan(Stopwatch.GetTimestamp(), count, perSecond);
        await Task.Factory.StartNew(() =>
        {
            for (var i = 0; i < count; i++)
            {
                PreciseWait.Until(due[i]);
                arrive(i);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return due;
    }

    /// <summary>When each arrival is due, the first one interval after the start.</summary>
    internal static long[] Plan(long start, int count, double perSecond) =>
        [.. Enumerable.Range(1, count).Select(number => start + (long)(number / perSecond * Stopwatch.Frequency))];
}

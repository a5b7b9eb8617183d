using System.Diagnostics;

namespace Fleet.Bench.Fanout.Load;

/// <summary>Publishes at a rate, whether or not the servers keep up: who waits for the slow measures nothing.</summary>
internal static class Pacer
{
    private const int TickMilliseconds = 1;

    /// <summary>Calls on a thread of its own until so many are published, each time with how many are due.</summary>
    /// <param name="rate">How many a second.</param>
    /// <param name="lasts">How long.</param>
    /// <param name="publish">
    /// Publishes that many as of the given time, and says whether it had to wait. While it waits it is late through no fault of the
    /// load's, so what became due meanwhile counts from when it was due.
    /// </param>
    /// <param name="cancellation">Ends it early.</param>
    /// <returns>How many were published.</returns>
    public static Task<long> RunAsync(double rate, TimeSpan lasts, Func<int, long, bool> publish, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Run(rate, lasts, publish, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static long Run(double rate, TimeSpan lasts, Func<int, long, bool> publish, CancellationToken cancellation)
    {
        var total = (long)(rate * lasts.TotalSeconds);
        var ticksEach = Stopwatch.Frequency / rate;
        var start = Stopwatch.GetTimestamp();
        long published = 0, free = start;
        while (published < total && !cancellation.IsCancellationRequested)
        {
            var now = Stopwatch.GetTimestamp();
            var due = Math.Min((long)((now - start) / ticksEach) + 1, total);
            while (published < due)
            {
                var time = start + (long)(published * ticksEach);
                // One at a time while it catches up, as each has a time of its own.
                var (count, asOf) = time < free ? (1, time) : ((int)(due - published), Stopwatch.GetTimestamp());
                if (publish(count, asOf)) free = Stopwatch.GetTimestamp();
                published += count;
            }

            if (published < total) cancellation.WaitHandle.WaitOne(TickMilliseconds);
        }

        return published;
    }
}

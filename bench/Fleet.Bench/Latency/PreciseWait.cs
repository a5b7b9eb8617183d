using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fleet.Bench.Latency;

/// <summary>Waits for a point in time with an error of some 60 µs; the runtime's own timers are a millisecond late.</summary>
internal static class PreciseWait
{
    /// <param name="timestamp">A time of the monotonic clock, as <see cref="Stopwatch.GetTimestamp"/> gives it.</param>
    public static void Until(long timestamp)
    {
        for (var left = Left(timestamp); left > TimeSpan.Zero; left = Left(timestamp))
        {
            var wait = new TimeSpec((long)left.TotalSeconds, left.Ticks % TimeSpan.TicksPerSecond * 100);
            // A signal ends it early, and then what is left is waited for.
            _ = NanoSleep(in wait, IntPtr.Zero);
        }
    }

    private static TimeSpan Left(long timestamp) => Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), timestamp);

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int NanoSleep(in TimeSpec wait, IntPtr left);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds)
    {
        public TimeSpec(long seconds, long nanoseconds) : this((nint)seconds, (nint)nanoseconds)
        {
        }
    }
}

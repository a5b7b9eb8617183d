using System.Numerics;

namespace Fleet.Bench.Fanout.Load;

/// <summary>
/// Counts durations in buckets that are at most 1/128 of their value wide, from one microsecond to a day: a delivery costs one
/// increment, and no percentile is further off than that.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int Bits = 7;
    private const int Steps = 1 << Bits;
    private const int Longest = 37;

    private readonly long[] _counts = new long[(Longest - Bits + 1) * Steps];

    public long Count { get; private set; }

    /// <summary>The longest, in microseconds, exactly.</summary>
    public long Max { get; private set; }

    public void Add(long microseconds)
    {
        microseconds = Math.Max(microseconds, 0);
        _counts[Math.Min(Index(microseconds), _counts.Length - 1)]++;
        Count++;
        if (microseconds > Max) Max = microseconds;
    }

    /// <summary>What the given share of all is not above, in milliseconds; 0 where there are none.</summary>
    /// <param name="share">From 0 to 1.</param>
    public double Percentile(double share)
    {
        var rank = Math.Max((long)Math.Ceiling(Count * share), 1);
        for (var i = 0; i < _counts.Length && Count > 0; i++)
        {
            rank -= _counts[i];
            if (rank <= 0) return Math.Min(Upper(i), Max) / 1000.0;
        }

        return 0;
    }

    // The first two powers are exact; each later one has 128 buckets.
    private static int Index(long value)
    {
        var shift = Math.Max(BitOperations.Log2((ulong)value | 1) - Bits, 0);
        return (shift << Bits) + (int)(value >> shift);
    }

    private static long Upper(int index)
    {
        var shift = Math.Max((index >> Bits) - 1, 0);
        var step = index - (shift << Bits);
        return ((long)(step + 1) << shift) - 1;
    }
}

namespace Fleet.Engine.Catalogue;

/// <summary>Durations as stats.lua counts them: in buckets, each a quarter wider than the one before.</summary>
internal sealed class DurationBuckets
{
    /// <summary>Bucket b holds what takes up to this to the power of b, in ms; bucket 0 what takes less than 1 ms.</summary>
    private const double Factor = 1.25;

    private readonly SortedDictionary<int, long> _counts = [];
    private long _total;

    /// <summary>Counts durations of a bucket.</summary>
    public void Add(int bucket, long count)
    {
        _counts[bucket] = _counts.GetValueOrDefault(bucket) + count;
        _total += count;
    }

    /// <summary>What a part of them took at most, in ms; null when there are none.</summary>
    public double? Quantile(double part)
    {
        if (_total == 0) return null;
        var rest = (long)Math.Ceiling(_total * part);
        foreach (var (bucket, count) in _counts)
        {
            rest -= count;
            if (rest <= 0) return bucket == 0 ? 0 : Math.Round(Math.Pow(Factor, bucket), 1);
        }

        return null;
    }
}

namespace Fleet.Bench.Picture;

/// <summary>How far a picture is behind what it shows.</summary>
internal static class PictureLag
{
    /// <summary>For each sample, since when there were more ended runs than the picture counts, in ms.</summary>
    public static IReadOnlyList<double> Of(IReadOnlyList<PictureSample> samples)
    {
        var (lags, first) = (new List<double>(), 0);
        foreach (var sample in samples)
        {
            while (samples[first].Ended <= sample.Counted && samples[first].At < sample.At) first++;
            lags.Add((sample.At - samples[first].At).TotalMilliseconds);
        }

        return lags;
    }
}

/// <summary>How many runs had ended at a time, and how many the picture had counted.</summary>
internal sealed record PictureSample(TimeSpan At, long Ended, long Counted);

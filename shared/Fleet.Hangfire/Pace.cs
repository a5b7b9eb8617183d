namespace Fleet.Hangfire;

/// <summary>Says when something that is done now and then is due; the first time it is at once.</summary>
internal sealed class Pace(TimeProvider time, TimeSpan interval)
{
    private long? _last;

    /// <summary>Whether it is due; if so, the interval begins anew.</summary>
    /// <param name="isAsked">Whether it is wanted before its time.</param>
    public bool IsDue(bool isAsked = false)
    {
        if (!isAsked && _last is { } last && time.GetElapsedTime(last) < interval) return false;
        Reset();
        return true;
    }

    /// <summary>It was done by the way.</summary>
    public void Reset() => _last = time.GetTimestamp();
}

namespace Fleet.Workers;

/// <summary>When something that must keep moving last did.</summary>
internal sealed class Pulse(TimeProvider time)
{
    private long _last;
    private volatile bool _resting = true;

    /// <summary>It moves.</summary>
    public void Beat()
    {
        Volatile.Write(ref _last, time.GetTimestamp());
        _resting = false;
    }

    /// <summary>Nothing is expected of it until it moves again.</summary>
    public void Rest() => _resting = true;

    /// <summary>For how long it has not moved.</summary>
    public TimeSpan Silence => _resting ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref _last));
}

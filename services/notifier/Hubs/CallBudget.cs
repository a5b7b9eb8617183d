namespace Fleet.Notifier.Hubs;

/// <summary>How many calls a connection may make: so many a second for long, and some more at once. Its calls come one at a time, so it needs no lock.</summary>
/// <param name="perSecond">How many come back each second.</param>
/// <param name="most">How many there are at most, and at first.</param>
/// <param name="time">The clock.</param>
internal sealed class CallBudget(int perSecond, int most, TimeProvider time)
{
    private double _left = most;
    private long _at = time.GetTimestamp();

    /// <summary>Spends a call; false when there is none to spend.</summary>
    public bool TrySpend()
    {
        var now = time.GetTimestamp();
        _left = Math.Min(_left + time.GetElapsedTime(_at, now).TotalSeconds * perSecond, most);
        _at = now;
        if (_left < 1) return false;
        _left--;
        return true;
    }
}

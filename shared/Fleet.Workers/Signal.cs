namespace Fleet.Workers;

/// <summary>Wakes one waiting loop. Signals that come before it looks are one signal.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _set;

    public void Set()
    {
        if (Interlocked.Exchange(ref _set, 1) != 0) return;
        try
        {
            _semaphore.Release();
        }
        catch (ObjectDisposedException)
        {
            // A handler that nobody waited for any longer ends after its worker: there is no loop to wake.
        }
    }

    /// <summary>Waits for a signal, at most this long.</summary>
    public async ValueTask WaitAsync(TimeSpan longest)
    {
        // A full fence: what was queued before a signal that found the flag set must be seen by the look that follows.
        // Rounded up: a part of a millisecond would be no wait at all, and the loop would spin.
        if (await _semaphore.WaitAsync((int)Math.Ceiling(longest.TotalMilliseconds))) Interlocked.Exchange(ref _set, 0);
    }

    public void Dispose() => _semaphore.Dispose();
}

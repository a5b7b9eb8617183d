namespace Fleet.Workers;

/// <summary>Wakes one waiting loop. Signals that come before it looks are one signal.</summary>
internal sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _semaphore = new(0);
    private int _set;

    public void Set()
    {
        if (Interlocked.Exchange(ref _set, 1) == 0) _semaphore.Release();
    }

    /// <summary>Waits for a signal, at most this long.</summary>
    public async ValueTask WaitAsync(TimeSpan longest)
    {
        // A full fence: what was queued before a signal that found the flag set must be seen by the look that follows.
        if (await _semaphore.WaitAsync(longest)) Interlocked.Exchange(ref _set, 0);
    }

    public void Dispose() => _semaphore.Dispose();
}

namespace Fleet.Engine;

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
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public ValueTask WaitAsync(TimeSpan longest, CancellationToken cancellation = default) =>
        // Rounded up: a part of a millisecond would be no wait at all, and the loop would spin.
        WaitAsync((int)Math.Ceiling(longest.TotalMilliseconds), cancellation);

    /// <summary>Waits for a signal.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public ValueTask WaitAsync(CancellationToken cancellation) => WaitAsync(Timeout.Infinite, cancellation);

    public void Dispose() => _semaphore.Dispose();

    private async ValueTask WaitAsync(int longest, CancellationToken cancellation)
    {
        // A full fence: what was queued before a signal that found the flag set must be seen by the look that follows.
        if (await _semaphore.WaitAsync(longest, cancellation)) Interlocked.Exchange(ref _set, 0);
    }
}

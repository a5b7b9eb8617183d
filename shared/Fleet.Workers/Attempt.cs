using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>Why an attempt's token was cancelled.</summary>
internal enum EndReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>Somebody asked for the run's end.</summary>
    Cancelled,

    /// <summary>The attempt took longer than it may.</summary>
    Timeout,

    /// <summary>The worker shuts down and has waited long enough.</summary>
    Shutdown,

    /// <summary>The run was given to another worker.</summary>
    Lost,
}

/// <summary>One try at a run, from the moment it is taken until its end is recorded.</summary>
internal sealed class Attempt(TakenRun run, long startedAt) : IDisposable
{
    private readonly CancellationTokenSource _token = new();
    private ITimer? _timer;
    private int _reason;
    private int _concluded;

    public TakenRun Run { get; } = run;

    /// <summary>A timestamp of the monotonic clock.</summary>
    public long StartedAt { get; } = startedAt;

    public CancellationToken Token => _token.Token;

    /// <summary>Why the token was cancelled; the first reason stays.</summary>
    public EndReason Reason => (EndReason)Volatile.Read(ref _reason);

    public bool IsConcluded => Volatile.Read(ref _concluded) != 0;

    /// <summary>Asks the handler to end. True for the first who asks.</summary>
    public bool TryEnd(EndReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)EndReason.None) != (int)EndReason.None) return false;
        // On the pool: what handlers registered on their token must not run on the loop that cancels.
        _ = Task.Run(CancelAsync);
        return true;
    }

    /// <summary>Claims the right to say how the attempt ended. True once: a handler that comes later is not heard.</summary>
    public bool TryConclude() => Interlocked.Exchange(ref _concluded, 1) == 0;

    /// <summary>Does something later, unless the attempt is over by then; a new one replaces the one before.</summary>
    public void After(TimeSpan delay, TimeProvider time, Action<Attempt> action)
    {
        var timer = time.CreateTimer(_ => action(this), null, delay, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref _timer, timer)?.Dispose();
        if (IsConcluded) timer.Dispose();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _token.Dispose();
    }

    private async Task CancelAsync()
    {
        try
        {
            await _token.CancelAsync();
        }
        catch (Exception e) when (e is ObjectDisposedException or AggregateException)
        {
            // The attempt ended meanwhile; or a callback of the handler's threw, which changes nothing for the attempt.
        }
    }
}

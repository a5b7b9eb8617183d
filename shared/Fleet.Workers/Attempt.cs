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
    /// <summary>The longest a timer can be set for; no attempt lives as long.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);

    private readonly CancellationTokenSource _token = new();
    private ITimer? _limit;
    private ITimer? _grace;
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

    /// <summary>Does something once the attempt has taken as long as it may, unless it is over by then.</summary>
    public void LimitTo(TimeSpan limit, TimeProvider time, Action<Attempt> action) => Set(ref _limit, limit, time, action);

    /// <summary>Does something once the handler had its time to end, unless the attempt is over by then.</summary>
    public void Grant(TimeSpan grace, TimeProvider time, Action<Attempt> action) => Set(ref _grace, grace, time, action);

    public void Dispose()
    {
        _limit?.Dispose();
        _grace?.Dispose();
        _token.Dispose();
    }

    private void Set(ref ITimer? timer, TimeSpan delay, TimeProvider time, Action<Attempt> action)
    {
        if (delay > LongestTimer) return;
        var set = time.CreateTimer(_ => action(this), null, delay, Timeout.InfiniteTimeSpan);
        Interlocked.Exchange(ref timer, set)?.Dispose();
        if (IsConcluded) set.Dispose();
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

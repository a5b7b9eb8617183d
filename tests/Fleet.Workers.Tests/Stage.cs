using System.Collections.Concurrent;

namespace Fleet.Workers.Tests;

/// <summary>Where scripted jobs meet their test: what they did, and the gates at which they wait for it.</summary>
internal sealed class Stage
{
    private readonly ConcurrentDictionary<RunId, TaskCompletionSource> _started = new();
    private readonly ConcurrentDictionary<RunId, TaskCompletionSource> _ended = new();
    private readonly ConcurrentDictionary<RunId, TaskCompletionSource> _gates = new();
    private readonly Lock _lock = new();
    private int _acting;

    /// <summary>How often each run was executed.</summary>
    public ConcurrentDictionary<RunId, int> Executions { get; } = new();

    /// <summary>The runs in the order in which their handlers began.</summary>
    public ConcurrentQueue<RunId> Order { get; } = new();

    /// <summary>The numbers of the attempts that were executed.</summary>
    public ConcurrentQueue<(RunId Run, int Attempt)> Attempts { get; } = new();

    /// <summary>The most handlers there were at a time.</summary>
    public int Most { get; private set; }

    /// <summary>How many scopes were made, and how many of them disposed.</summary>
    public int Scopes;

    public int ScopesDisposed;

    /// <summary>What tells of a handler's token.</summary>
    public ConcurrentDictionary<RunId, CancellationToken> Tokens { get; } = new();

    public Task Started(RunId run) => Signal(_started, run).Task;

    public Task Ended(RunId run) => Signal(_ended, run).Task;

    public Task Gate(RunId run) => Signal(_gates, run).Task;

    /// <summary>Opens the gate at which a handler waits.</summary>
    public void Open(RunId run) => Signal(_gates, run).TrySetResult();

    public void Enter(RunId run, int attempt, CancellationToken cancellation)
    {
        lock (_lock) Most = Math.Max(Most, ++_acting);
        Tokens[run] = cancellation;
        Order.Enqueue(run);
        Attempts.Enqueue((run, attempt));
        Executions.AddOrUpdate(run, 1, (_, count) => count + 1);
        Signal(_started, run).TrySetResult();
    }

    public void Leave(RunId run)
    {
        lock (_lock) _acting--;
        Signal(_ended, run).TrySetResult();
    }

    private static TaskCompletionSource Signal(ConcurrentDictionary<RunId, TaskCompletionSource> signals, RunId run) =>
        signals.GetOrAdd(run, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Something of a run's scope.</summary>
internal sealed class Scoped : IDisposable
{
    private readonly Stage _stage;

    public Scoped(Stage stage)
    {
        _stage = stage;
        Interlocked.Increment(ref stage.Scopes);
    }

    public bool FailsToDispose { get; set; }

    public void Dispose()
    {
        Interlocked.Increment(ref _stage.ScopesDisposed);
        if (FailsToDispose) throw new InvalidOperationException("the scope broke");
    }
}

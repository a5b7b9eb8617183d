using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// Runs work on a few threads of its own, so that a busy thread pool cannot hold up the network; and on the thread pool
/// when they are all busy, so that work which waits for other work cannot hold it up either.
/// </summary>
public sealed class DedicatedThreadPoolPipeScheduler : PipeScheduler, IDisposable
{
    // Waking a thread costs more than most of what it is woken for. So one idle worker, and only one, first looks around for
    // about as long as a round trip to a near Redis takes; it yields its core to whoever has work meanwhile.
    private const int Looks = 25;

    // Guards all fields that change, and is what idle workers wait on.
    private readonly object _gate = new();
    private readonly Queue<(Action<object?> Action, object? State)> _queue = new();
    private readonly string _name;
    private readonly ThreadPriority _priority;
    private readonly int _queueLimit;
    private int _started;
    private int _waiting;
    private bool _looking;

    // The queue's length, for the worker that looks without the lock.
    private int _queued;
    private int _running;
    private long _byQueue;
    private long _byPool;
    private bool _disposed;

    /// <summary>Creates a scheduler; its threads start when there is work for them.</summary>
    /// <param name="name">What to call the threads.</param>
    /// <param name="workerCount">How many threads at most.</param>
    /// <param name="useThreadPoolQueueLength">How much work may wait for a thread; more goes to the thread pool.</param>
    /// <param name="priority">The threads' priority.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or there would be no thread.</exception>
    public DedicatedThreadPoolPipeScheduler(string? name, int workerCount, int useThreadPoolQueueLength, ThreadPriority priority)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workerCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(useThreadPoolQueueLength);
        _name = string.IsNullOrWhiteSpace(name) ? nameof(DedicatedThreadPoolPipeScheduler) : name;
        WorkerCount = workerCount;
        _queueLimit = useThreadPoolQueueLength;
        _priority = priority;
    }

    /// <summary>How many threads there are at most.</summary>
    public int WorkerCount { get; }

    /// <summary>How many threads could take work now, started or not.</summary>
    public int AvailableCount
    {
        get
        {
            lock (_gate) return _disposed ? 0 : WorkerCount - _running;
        }
    }

    /// <summary>How much work the threads have been given.</summary>
    public long TotalServicedByQueue => Volatile.Read(ref _byQueue);

    /// <summary>How much work went to the thread pool.</summary>
    public long TotalServicedByPool => Volatile.Read(ref _byPool);

    /// <inheritdoc/>
    public override void Schedule(Action<object?> action, object? state)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_gate)
        {
            // Work is queued only if a thread is free for it: were it to wait for one that runs, and that one for it, both
            // would wait forever.
            if (!_disposed && _queue.Count < Math.Min(_queueLimit, WorkerCount - _running))
            {
                _queue.Enqueue((action, state));
                Volatile.Write(ref _queued, _queue.Count);
                _byQueue++;
                WakeWorkers();
                return;
            }
            _byPool++;
        }
        System.Threading.ThreadPool.UnsafeQueueUserWorkItem(action, state, preferLocal: false);
    }

    /// <summary>Ends the threads once they have done what is queued. Later work goes to the thread pool.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void WakeWorkers()
    {
        var needed = _queue.Count - (_looking ? 1 : 0);
        if (needed == 0) return;
        if (_waiting >= needed || _started == WorkerCount)
            Monitor.Pulse(_gate);
        else
            StartWorker();
    }

    private void StartWorker()
    {
        var worker = new Thread(Work) { Name = $"{_name}:{++_started}", IsBackground = true, Priority = _priority };
        // Not Start: the thread would keep the async locals of whoever happened to need it first.
        worker.UnsafeStart();
    }

    private void Work()
    {
        while (TryTake(out var work))
        {
            // Not caught: an exception here ends the process, as it does on the thread pool.
            work.Action(work.State);
            lock (_gate) _running--;
        }
    }

    private bool TryTake(out (Action<object?> Action, object? State) work)
    {
        var looks = TryBeginLooking();
        if (looks) LookAround();
        lock (_gate)
        {
            if (looks) _looking = false;
            while (!_queue.TryDequeue(out work))
            {
                if (_disposed) return false;
                _waiting++;
                Monitor.Wait(_gate);
                _waiting--;
            }
            Volatile.Write(ref _queued, _queue.Count);
            _running++;
            return true;
        }
    }

    private bool TryBeginLooking()
    {
        lock (_gate) return !_looking && !_disposed && _queue.Count == 0 && (_looking = true);
    }

    private void LookAround()
    {
        var spin = default(SpinWait);
        for (var i = 0; i < Looks && Volatile.Read(ref _queued) == 0; i++) spin.SpinOnce(sleep1Threshold: -1);
    }
}

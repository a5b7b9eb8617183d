using System.Threading.Channels;

namespace Fleet.Notifier.Workers;

/// <summary>One watcher's view of the workers: those that were there when it began, then who comes and goes.</summary>
internal sealed class WorkerWatch : IDisposable
{
    /// <summary>How many rounds of changes wait for a slow watcher before it has to read the workers anew.</summary>
    private const int MostWaiting = 64;

    private readonly Action<WorkerWatch> _leave;
    private readonly Channel<IReadOnlyList<WorkerEvent>> _changes =
        Channel.CreateBounded<IReadOnlyList<WorkerEvent>>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private int _interrupted;

    public WorkerWatch(IReadOnlyList<WorkerInfo> known, Action<WorkerWatch> leave)
    {
        Known = known;
        _leave = leave;
    }

    /// <summary>The workers that were there when the watch began, by name.</summary>
    public IReadOnlyList<WorkerInfo> Known { get; }

    /// <summary>The next changes; null when the watch has ended or is cancelled.</summary>
    public async Task<WorkersUpdate?> NextAsync(CancellationToken cancellation)
    {
        try
        {
            var changes = await _changes.Reader.ReadAsync(cancellation);
            return new WorkersUpdate(changes, Interlocked.Exchange(ref _interrupted, 0) != 0);
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _leave(this);
        _changes.Writer.TryComplete();
    }

    internal void Publish(IReadOnlyList<WorkerEvent> changes)
    {
        // What does not fit is lost, and the watcher, who still has the others to read, is told so with the next of them.
        if (!_changes.Writer.TryWrite(changes)) Volatile.Write(ref _interrupted, 1);
    }
}

/// <summary>Workers that came and went.</summary>
/// <param name="Changes">Who, in the order in which it was noticed.</param>
/// <param name="Interrupted">Whether changes were missed, so that the watcher should read the workers anew.</param>
internal sealed record WorkersUpdate(IReadOnlyList<WorkerEvent> Changes, bool Interrupted);

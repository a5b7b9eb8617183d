using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fleet.Engine.Live;

/// <summary>
/// One watcher's view of the feed: at most one update per 100 ms, with the newest state of each run that changed. However slow
/// the watcher, what waits for it is one state a run and bounded; past the bound it starts afresh.
/// </summary>
public sealed class FeedWatch : IDisposable
{
    internal const int MostRunsWaiting = 20_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly FeedFilter _filter;
    private readonly TimeProvider _time;
    private readonly Action<FeedWatch> _leave;
    private readonly Lock _lock = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Dictionary<RunId, FeedItem> _pending = [];
    private bool _interrupted;

    internal FeedWatch(FeedFilter filter, TimeProvider time, Action<FeedWatch> leave)
    {
        _filter = filter;
        _time = time;
        _leave = leave;
    }

    /// <summary>What changes, as it does.</summary>
    public async IAsyncEnumerable<FeedUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await WaitAsync(cancellation))
        {
            FeedUpdate update;
            lock (_lock)
            {
                update = new FeedUpdate([.. _pending.Values], _interrupted);
                _pending = [];
                _interrupted = false;
            }

            // The signal may be that of changes which went with the update before.
            if (update.Runs.Count == 0 && !update.Interrupted) continue;
            yield return update;
            try
            {
                await Task.Delay(Interval, _time, cancellation);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leave(this);
        _signal.Writer.TryComplete();
    }

    internal void Publish(IReadOnlyList<FeedItem> items)
    {
        lock (_lock)
        {
            foreach (var item in items)
            {
                if (!_filter.Matches(item)) continue;
                // Partitions and reconnects can bring news late; the newest state of a run is the one with the highest seq.
                if (!_pending.TryGetValue(item.Id, out var waiting) || waiting.Seq <= item.Seq) _pending[item.Id] = item;
            }

            if (_pending.Count == 0) return;
            if (_pending.Count > MostRunsWaiting)
            {
                _pending = [];
                _interrupted = true;
            }
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Says that changes were missed.</summary>
    internal void Interrupt()
    {
        lock (_lock) _interrupted = true;
        _signal.Writer.TryWrite(true);
    }

    private async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await _signal.Reader.ReadAsync(cancellation);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return false;
        }
    }
}

/// <summary>What changed in the feed.</summary>
/// <param name="Runs">The newest state of each run that changed.</param>
/// <param name="Interrupted">Whether changes were missed, so that the watcher should read a fresh snapshot.</param>
public sealed record FeedUpdate(IReadOnlyList<FeedItem> Runs, bool Interrupted);

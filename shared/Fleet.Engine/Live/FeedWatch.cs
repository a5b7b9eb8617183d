using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>
/// One watcher's view of the feed: at most one update per 100 ms, with the newest state of each run that changed. However slow
/// the watcher, what waits for it is bounded (<see cref="NewestStates"/>, <see cref="LivePage"/>).
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "A reader may still wait for the signal, whose semaphore holds nothing else.")]
public sealed class FeedWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>How often a page is read again at most.</summary>
    private static readonly TimeSpan ReadInterval = TimeSpan.FromSeconds(1);

    private readonly FeedFilter _filter;
    private readonly FeedReader _reader;
    private readonly TimeProvider _time;
    private readonly Action<FeedWatch> _leave;
    private readonly Lock _lock = new();
    private readonly Signal _signal = new();
    private readonly FeedGathering _gathering;
    private readonly LivePage? _page;
    private IReadOnlyDictionary<string, long>? _counts;
    private IReadOnlyDictionary<string, long>? _known;
    private long _readAt;
    private bool _disposed;

    internal FeedWatch(FeedFilter filter, FeedReader reader, TimeProvider time, Action<FeedWatch> leave)
    {
        _filter = filter;
        _reader = reader;
        _time = time;
        _leave = leave;
        _page = filter.Page is { } window ? new LivePage(filter, window) : null;
        _gathering = _page ?? (FeedGathering)new NewestStates(filter);
    }

    /// <summary>What the watcher starts from. To be called before <see cref="ReadAsync"/>, and again by who was told that changes were missed.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public Task<FeedSnapshot> SnapshotAsync() => ReadAsync(
        async () =>
        {
            var snapshot = await _reader.SnapshotAsync(_filter);
            _known = snapshot.Counts;
            return snapshot;
        },
        (page, snapshot) => page.EndReading(snapshot.Runs, snapshot.Next, isNews: false));

    /// <summary>What changes, as it does.</summary>
    public async IAsyncEnumerable<FeedUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await WaitAsync(cancellation))
        {
            if (_page is { IsStale: true } && ReadAgainIn == TimeSpan.Zero) await ReadPageAgainAsync();
            if (Take() is not { } update) continue;
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
        Volatile.Write(ref _disposed, true);
        _signal.Set();
    }

    internal void Publish(IReadOnlyList<FeedItem> items)
    {
        lock (_lock)
        {
            _gathering.Add(items);
            if (!_gathering.HasNews && _page is not { IsStale: true }) return;
        }

        _signal.Set();
    }

    /// <summary>Says how many runs are in each state now.</summary>
    internal void Tell(IReadOnlyDictionary<string, long> counts)
    {
        if (_known is { } known && known.Count == counts.Count && known.All(counts.Contains)) return;
        _known = counts;
        lock (_lock) _counts = counts;
        _signal.Set();
    }

    /// <summary>Says that changes were missed.</summary>
    internal void Interrupt()
    {
        lock (_lock) _gathering.Interrupt();
        _signal.Set();
    }

    private TimeSpan ReadAgainIn => _time.GetElapsedTime(_readAt) is var elapsed && elapsed < ReadInterval ? ReadInterval - elapsed : TimeSpan.Zero;

    private FeedUpdate? Take()
    {
        lock (_lock)
        {
            // The signal may be that of changes which went with the update before.
            if (!_gathering.HasNews && _counts is null) return null;
            var update = _gathering.Take() with { Counts = _counts };
            _counts = null;
            return update;
        }
    }

    private async Task ReadPageAgainAsync()
    {
        try
        {
            await ReadAsync(() => _reader.PageAsync(_filter), (page, read) => page.EndReading(read.Runs, read.Next, isNews: true));
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The page stays stale, and is read when the next interval is over.
        }
    }

    /// <summary>Reads something, which becomes the page, where a page is watched.</summary>
    private async Task<T> ReadAsync<T>(Func<Task<T>> readAsync, Action<LivePage, T> end)
    {
        if (_page is null) return await readAsync();

        _readAt = _time.GetTimestamp();
        lock (_lock) _page.BeginReading();
        try
        {
            var read = await readAsync();
            lock (_lock) end(_page, read);
            // What came meanwhile waited without a signal.
            _signal.Set();
            return read;
        }
        catch
        {
            lock (_lock) _page.GiveUpReading();
            throw;
        }
    }

    /// <summary>Waits for news, or until a stale page may be read again. False at the end.</summary>
    private async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        if (Volatile.Read(ref _disposed)) return false;
        try
        {
            await _signal.WaitAsync(_page is { IsStale: true } ? ReadAgainIn : Timeout.InfiniteTimeSpan, cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return !Volatile.Read(ref _disposed);
    }
}

/// <summary>What changed in the feed.</summary>
/// <param name="Runs">The newest state of each run that changed; of a page, only those that are on it.</param>
/// <param name="Interrupted">Whether changes were missed, so that the watcher should read a fresh snapshot.</param>
/// <param name="Counts">How many runs are in each state; null where that is not news.</param>
/// <param name="Page">Which runs are on the watched page; null where that is not news.</param>
public sealed record FeedUpdate(
    IReadOnlyList<FeedItem> Runs, bool Interrupted, IReadOnlyDictionary<string, long>? Counts = null, FeedPage? Page = null);

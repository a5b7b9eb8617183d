using System.Runtime.CompilerServices;
using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;

namespace Fleet.Engine.Live;

/// <summary>One watcher's view of a run: a snapshot, then every event after it, once and in order.</summary>
/// <remarks>
/// Messages carry events; Redis has the timeline. A message that continues what the watcher has seen is passed on as it is. In every
/// other case (one is missing, one did not fit, the connection was away) the timeline is read from where the watcher stands.
/// </remarks>
public sealed class RunWatch : IAsyncDisposable
{
    /// <summary>How many events are read from Redis at a time, so that a long log does not fill the memory of a slow watcher.</summary>
    internal const int MostEventsAtOnce = 1000;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    private static readonly KeyValuePair<string, object?> OfRun = new("of", "run");

    private readonly RunReader _reader;
    private readonly TimeProvider _time;
    private readonly Func<RunWatch, Task> _leaveAsync;
    private readonly RunInbox _inbox = new();
    private readonly Signal _news = new();
    private Timeline? _snapshot;
    private long _seen;
    private bool _behind;
    private bool _begun;
    private int _disposed;

    internal RunWatch(RunId id, RunReader reader, TimeProvider time, Func<RunWatch, Task> leaveAsync)
    {
        Id = id;
        _reader = reader;
        _time = time;
        _leaveAsync = leaveAsync;
    }

    /// <summary>The run's id.</summary>
    public RunId Id { get; }

    /// <summary>
    /// The run and its events after the one the watcher knew, as they were when the watch began; the first thousand, if more. To be
    /// taken before <see cref="ReadAsync"/>, which lets go of it: thousands of watches must not each hold a timeline.
    /// </summary>
    public Timeline Snapshot => _snapshot ?? throw new InvalidOperationException("The snapshot was let go of when reading began.");

    /// <summary>The events after the snapshot's, as they happen. Ends when the run is deleted, or the watch disposed or cancelled.</summary>
    /// <remarks>While Redis is away nothing comes; when it is back, what was missed does. To be read by one reader, once.</remarks>
    public async IAsyncEnumerable<WatchUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        _snapshot = null;
        while (!IsOver(cancellation))
        {
            if (_behind)
            {
                if (await CatchUpAsync(cancellation) is not { } update) yield break;
                if (update.Events.Count > 0 || update.Gap) yield return update;
            }
            else
            {
                if (await NextAsync(cancellation) is not { } message || message.Newest == RunMessage.Deleted) yield break;
                if (message.Watchers is { } watchers)
                {
                    yield return new WatchUpdate([], Gap: false, watchers);
                    continue;
                }

                var news = Continuation(message);
                if (news.Count > 0) yield return new WatchUpdate(news, Gap: false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        if (_begun) FleetMetrics.Watches.Add(-1, OfRun);
        _news.Set();
        await _leaveAsync(this);
    }

    /// <param name="snapshot">What the watcher starts from.</param>
    /// <param name="newest">The newest event of which nothing was published to the watch; it may be newer than the snapshot.</param>
    internal void Begin(Timeline snapshot, long newest)
    {
        _snapshot = snapshot;
        _begun = true;
        FleetMetrics.Watches.Add(1, OfRun);
        // Where nothing came after what the watcher knew, it goes on from what there is, even if the watcher says it knew more: a
        // Redis that lost its last writes gives their numbers to other events.
        _seen = snapshot.Events.Count > 0 ? snapshot.Events[^1].Seq : snapshot.Run.Seq;
        _behind = _seen < Math.Max(snapshot.Run.Seq, newest);
    }

    internal void Publish(RunMessage message)
    {
        if (_inbox.Add(message)) _news.Set();
    }

    /// <summary>The next message; null at the end.</summary>
    private async ValueTask<RunMessage?> NextAsync(CancellationToken cancellation)
    {
        while (!IsOver(cancellation))
        {
            if (_inbox.Take() is { } message) return message;
            try
            {
                await _news.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The events of a message that follow the last one seen; where they do not follow it, or may not, Redis is asked next.</summary>
    private IReadOnlyList<RunEvent> Continuation(RunMessage message)
    {
        var known = message.Events.TakeWhile(e => e.Seq <= _seen).Count();
        if (known == message.Events.Count)
        {
            // Events that are all known are old news, from before the snapshot. A bare number that is not the one expected is not.
            _behind = message.Newest > _seen || (message.Events.Count == 0 && message.Newest != _seen);
            return [];
        }

        if (message.Events[known].Seq != _seen + 1)
        {
            _behind = true;
            return [];
        }

        _seen = message.Newest;
        return known == 0 ? message.Events : [.. message.Events.Skip(known)];
    }

    /// <summary>Reads on from where the watcher stands; null when the run is gone or nobody wants to know any more.</summary>
    private async Task<WatchUpdate?> CatchUpAsync(CancellationToken cancellation)
    {
        if (await ReadTimelineAsync(cancellation) is not { } timeline) return null;
        var gap = timeline.Gap;
        // Fewer events than the watcher has seen: Redis lost its last writes. What happens now continues what is left.
        _seen = timeline.Events.Count > 0 ? timeline.Events[^1].Seq : timeline.Run.Seq;
        _behind = _seen < timeline.Run.Seq;
        return new WatchUpdate(timeline.Events, gap);
    }

    private async Task<Timeline?> ReadTimelineAsync(CancellationToken cancellation)
    {
        try
        {
            while (!IsOver(cancellation))
            {
                try
                {
                    return await _reader.EventsAsync(Id, _seen, MostEventsAtOnce);
                }
                catch (Exception e) when (RedisFailure.Is(e))
                {
                    // Redis is away. The watch outlives that.
                    await Task.Delay(RetryInterval, _time, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }

        return null;
    }

    private bool IsOver(CancellationToken cancellation) => cancellation.IsCancellationRequested || Volatile.Read(ref _disposed) != 0;
}

/// <summary>What came of a watched run.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Gap">
/// Whether they do not simply continue what came before: events between are no longer kept, or Redis lost what it last said.
/// </param>
/// <param name="Watchers">How many watch the run now, over all replicas; null where that is not news.</param>
public sealed record WatchUpdate(IReadOnlyList<RunEvent> Events, bool Gap, int? Watchers = null);

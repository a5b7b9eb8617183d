using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Fleet.Engine.Runs;

namespace Fleet.Engine.Live;

/// <summary>One watcher's view of a run: a snapshot, then every event after it, once and in order.</summary>
public sealed class RunWatch : IAsyncDisposable
{
    /// <summary>How many events are read from Redis at a time, so that a long log does not fill the memory of a slow watcher.</summary>
    internal const int MostEventsAtOnce = 1000;

    /// <summary>How many messages wait for a slow watcher; what does not fit is read from Redis later.</summary>
    private const int MostWaiting = 256;

    private readonly RunReader _reader;
    private readonly Func<RunWatch, ValueTask> _leaveAsync;
    private readonly Channel<RunMessage> _messages;
    private long _newest;
    private long _seen;
    private int _disposed;

    internal RunWatch(RunId id, RunReader reader, Func<RunWatch, ValueTask> leaveAsync)
    {
        Id = id;
        _reader = reader;
        _leaveAsync = leaveAsync;
        // A message that does not fit is dropped, not the ones before it: the watcher then finds the gap and reads it from Redis.
        _messages = Channel.CreateBounded<RunMessage>(new BoundedChannelOptions(MostWaiting)
        {
            SingleReader = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
    }

    /// <summary>The run's id.</summary>
    public RunId Id { get; }

    /// <summary>The run and its events after the one the watcher knew, as they were when the watch began.</summary>
    public Timeline Snapshot { get; private set; } = null!;

    /// <summary>The events after the snapshot's, as they happen. Ends when the run is deleted.</summary>
    public async IAsyncEnumerable<WatchUpdate> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (true)
        {
            // What the snapshot or the messages left out comes from Redis before anything later.
            while (_seen < Volatile.Read(ref _newest))
            {
                if (await _reader.EventsAsync(Id, _seen, MostEventsAtOnce) is not { } missed) yield break;
                var gap = missed.Gap;
                if (missed.Events.Count == 0)
                {
                    _seen = Math.Max(_seen, missed.Run.Seq);
                    if (gap) yield return new WatchUpdate([], gap);
                    break;
                }

                _seen = missed.Events[^1].Seq;
                yield return new WatchUpdate(missed.Events, gap);
            }

            RunMessage message;
            try
            {
                message = await _messages.Reader.ReadAsync(cancellation);
            }
            catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
            {
                yield break;
            }

            if (message.Newest < 0) yield break; // Deleted.
            var news = message.Events.Where(e => e.Seq > _seen).ToList();
            if (news.Count > 0 && news[0].Seq == _seen + 1)
            {
                _seen = news[^1].Seq;
                yield return new WatchUpdate(news, Gap: false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _messages.Writer.TryComplete();
        await _leaveAsync(this);
    }

    internal void Begin(Timeline snapshot, long after)
    {
        Snapshot = snapshot;
        _seen = snapshot.Events.Count > 0 ? snapshot.Events[^1].Seq : Math.Max(after, snapshot.Run.Seq);
        Raise(snapshot.Run.Seq);
    }

    internal void Publish(RunMessage message)
    {
        if (message.Newest >= 0) Raise(message.Newest);
        _messages.Writer.TryWrite(message);
    }

    private void Raise(long newest)
    {
        long known;
        while (newest > (known = Volatile.Read(ref _newest)))
        {
            if (Interlocked.CompareExchange(ref _newest, newest, known) == known) return;
        }
    }
}

/// <summary>What came of a watched run.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Gap">Whether events before them are no longer kept.</param>
public sealed record WatchUpdate(IReadOnlyList<RunEvent> Events, bool Gap);

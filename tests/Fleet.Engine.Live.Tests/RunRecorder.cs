using System.Threading.Channels;

namespace Fleet.Engine.Live.Tests;

/// <summary>Reads a watch as it goes, and holds every event against the promise: once and in order.</summary>
internal sealed class RunRecorder : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly RunWatch _watch;

    public RunRecorder(RunWatch watch, long after = 0)
    {
        _watch = watch;
        Seen = after;
        Keep(watch.Snapshot.Events);
        Reading = ReadAsync();
    }

    /// <summary>The newest event's number.</summary>
    public long Seen { get; private set; }

    /// <summary>How often events did not simply continue.</summary>
    public int Gaps { get; private set; }

    /// <summary>Ends as the watch does.</summary>
    public Task Reading { get; }

    /// <summary>Waits for an event of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="patience">How long; by default shorter than the time in which the renewal of marks would mend what is broken.</param>
    public async Task<RunEvent> WaitForAsync(EventType type, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(15));
        while (true)
        {
            var news = await _events.Reader.ReadAsync(timeout.Token);
            if (news.Type == type) return news;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Reading;
        await _watch.DisposeAsync();
        _over.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var update in _watch.ReadAsync(_over.Token))
            {
                if (update.Gap)
                {
                    Gaps++;
                    Seen = update.Events.Count > 0 ? update.Events[0].Seq - 1 : -1;
                }

                Keep(update.Events);
            }
        }
        catch (Exception e)
        {
            _events.Writer.TryComplete(e);
            throw;
        }

        _events.Writer.TryComplete();
    }

    private void Keep(IReadOnlyList<RunEvent> events)
    {
        foreach (var news in events)
        {
            if (Seen >= 0) Assert.Equal(Seen + 1, news.Seq);
            Seen = news.Seq;
            _events.Writer.TryWrite(news);
        }
    }
}

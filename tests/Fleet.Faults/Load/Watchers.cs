using Fleet.Client;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Load;

/// <summary>Watches some of the runs through the notifier, from their first event to their last, and takes down what came.</summary>
internal sealed class Watchers(Uri notifier, Dice dice, HistoryFolder history, TimeProvider time) : IDisposable
{
    /// <summary>How many runs are watched at a time.</summary>
    private const int Most = 12;

    private readonly FleetClient _client = new(notifier, new FleetClientOptions
    {
        ReconnectDelay = TimeSpan.FromMilliseconds(100),
        MaxReconnectDelay = TimeSpan.FromSeconds(1),
        // Three heartbeats.
        SilenceLimit = TimeSpan.FromSeconds(6),
        Time = time,
    });

    private readonly Lock _gate = new();
    private readonly List<Task> _underWay = [];
    private readonly CancellationTokenSource _giveUp = new();
    private bool _closed;

    /// <summary>Hears of new runs, and watches one of them where there is room.</summary>
    public void Heard(Request request, IReadOnlyList<RunId> runs)
    {
        lock (_gate)
        {
            _underWay.RemoveAll(task => task.IsCompletedSuccessfully);
            if (_closed || _underWay.Count >= Most) return;
            // What takes a while is more to look at than what is over at once.
            var lasting = Enumerable.Range(0, runs.Count).Where(i => request.Steps[i].Do is not Deed.Ok).ToList();
            var run = runs[lasting.Count > 0 ? dice.Pick(lasting) : dice.Below(runs.Count)];
            _underWay.Add(dice.Chance(0.5) ? WatchAsync(run, "sse", WatchStreamAsync) : WatchAsync(run, "hub", WatchHubAsync));
        }
    }

    /// <summary>Begins nothing new, waits for the ends of what is watched, and gives up after a while.</summary>
    public async Task EndAsync(TimeSpan patience)
    {
        Task[] underWay;
        lock (_gate)
        {
            _closed = true;
            underWay = [.. _underWay];
        }

        _giveUp.CancelAfter(patience);
        await Task.WhenAll(underWay);
    }

    public void Dispose()
    {
        _client.Dispose();
        _giveUp.Dispose();
    }

    private async Task WatchAsync(RunId run, string via, Func<RunId, WatchLog, CancellationToken, Task> watchAsync)
    {
        var from = time.GetUtcNow();
        var log = new WatchLog();
        string? error = null;
        try
        {
            await watchAsync(run, log, _giveUp.Token);
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            error = "the end did not come in time";
        }
#pragma warning disable CA1031 // Whatever a watch ends with, the checker is to hear of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            error = $"{e.GetType().Name}: {e.Message}";
        }

        history.Watches.Write(new WatchStory(run, via, from, time.GetUtcNow(), log.Events, log.Interruptions, error is null, error));
    }

    private Task WatchStreamAsync(RunId run, WatchLog log, CancellationToken cancellation) =>
        new StreamWatch(new Uri(notifier, $"v1/runs/{run}/stream"), log, time).RunAsync(cancellation);

    private async Task WatchHubAsync(RunId run, WatchLog log, CancellationToken cancellation)
    {
        var options = new RunWatchOptions
        {
            Interrupted = _ => log.Interrupted(),
            Gap = gap => throw new EventsMissingException($"The client says that the events between {gap.After} and {gap.Before} are missing."),
        };
        await foreach (var news in _client.WatchRunAsync(run, options, cancellation)) log.Add(news);
    }
}

/// <summary>What a watcher saw so far.</summary>
internal sealed class WatchLog
{
    private readonly Lock _gate = new();
    private readonly List<RunEvent> _events = [];
    private int _interruptions;

    /// <summary>What came, in the order in which it did.</summary>
    public IReadOnlyList<RunEvent> Events
    {
        get
        {
            lock (_gate) return [.. _events];
        }
    }

    public int Interruptions => _interruptions;

    /// <summary>The number of the newest event; what a client names when it connects again.</summary>
    public long Seen
    {
        get
        {
            lock (_gate) return _events.Count > 0 ? _events[^1].Seq : 0;
        }
    }

    public void Add(RunEvent news)
    {
        lock (_gate) _events.Add(news);
    }

    public void Interrupted() => Interlocked.Increment(ref _interruptions);
}

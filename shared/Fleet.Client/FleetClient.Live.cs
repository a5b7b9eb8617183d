using System.Globalization;
using Fleet.Client.Live;

namespace Fleet.Client;

public sealed partial class FleetClient
{
    /// <summary>How long one call waits: shorter than proxies, and <see cref="HttpClient.Timeout"/>, commonly allow.</summary>
    private static readonly TimeSpan WaitStep = TimeSpan.FromSeconds(20);

    /// <summary>How the watches stand. They share a connection, which is opened with the first and closed with the last.</summary>
    public ConnectionState ConnectionState => _live.State;

    /// <summary>Is told whenever <see cref="ConnectionState"/> changes.</summary>
    public event EventHandler<ConnectionState>? ConnectionChanged
    {
        add => _live.Changed += value;
        remove => _live.Changed -= value;
    }

    /// <summary>
    /// A run's timeline as it happens (contract: WatchRun): every event once and in order, over lost connections and restarts of the server.
    /// Ends after the event that makes the run final.
    /// </summary>
    /// <param name="id">The run.</param>
    /// <param name="options">Where to begin, and who is told of what besides.</param>
    /// <param name="cancellation">Stops watching; the run goes on.</param>
    /// <exception cref="FleetApiException">Fleet refuses, for example because there is no such run.</exception>
    public IAsyncEnumerable<RunEvent> WatchRunAsync(RunId id, RunWatchOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new RunWatchOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(options.After);
        return new RunHubWatch(id, options, stop => GetRunAsync(id, stop)) { Interrupted = options.Interrupted }.EventsAsync(_live, cancellation);
    }

    /// <summary>The newest state of each run that changes (contract: WatchFeed): a snapshot first, and again after every interruption.</summary>
    /// <param name="filter">Which runs; absent means all.</param>
    /// <param name="cancellation">Stops watching.</param>
    /// <exception cref="FleetApiException">Fleet refuses.</exception>
    public IAsyncEnumerable<FeedUpdate> WatchFeedAsync(FeedFilter? filter = null, CancellationToken cancellation = default) =>
        new FeedHubWatch(filter ?? new FeedFilter()).ReadAsync(_live, cancellation);

    /// <summary>The workers that live, then those that come and go (contract: WatchWorkers).</summary>
    public IAsyncEnumerable<WorkersUpdate> WatchWorkersAsync(CancellationToken cancellation = default) => new WorkersHubWatch().ReadAsync(_live, cancellation);

    /// <summary>The queues, again and again as they are (contract: WatchQueues).</summary>
    public IAsyncEnumerable<IReadOnlyList<QueueInfo>> WatchQueuesAsync(CancellationToken cancellation = default) =>
        new QueuesHubWatch().ReadAsync(_live, cancellation);

    /// <summary>Waits for the end of a run, over lost connections too.</summary>
    /// <param name="id">The run.</param>
    /// <param name="timeout">How long to wait; absent means as long as it takes.</param>
    /// <param name="cancellation">Stops waiting; the run goes on.</param>
    /// <returns>The final run, or the run as it is when the time is up: ask its state.</returns>
    public async Task<Run> WaitAsync(RunId id, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var begin = _options.Time.GetTimestamp();
        var backoff = new Backoff(_options);
        while (true)
        {
            var rest = (timeout ?? TimeSpan.MaxValue) - _options.Time.GetElapsedTime(begin);
            var step = rest < TimeSpan.Zero ? TimeSpan.Zero : rest < WaitStep ? rest : WaitStep;
            var asked = _options.Time.GetTimestamp();
            TimeSpan pause;
            try
            {
                var seconds = step.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
                var run = await _transport.GetAsync<Run>($"v1/runs/{id}/wait?timeout={seconds}", cancellation);
                if (run.State.IsFinal() || step == rest || rest <= TimeSpan.Zero) return run;
                backoff.Reset();
                // A server that is stopping may answer before the time is up.
                pause = _options.Time.GetElapsedTime(asked) < step / 2 ? _options.ReconnectDelay : TimeSpan.Zero;
            }
            catch (Exception e) when (Transient.Is(e, cancellation) && rest > TimeSpan.Zero)
            {
                pause = backoff.Next(e, Transient.Wish(e));
                if (pause > rest) pause = rest;
            }

            await Task.Delay(pause, _options.Time, cancellation);
        }
    }
}

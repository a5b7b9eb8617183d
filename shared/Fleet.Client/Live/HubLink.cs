using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>
/// A connection to the hub and what is watched over it: made with the first watch, made again for ever whenever it is lost, and closed with
/// the last.
/// </summary>
internal sealed class HubLink : IAsyncDisposable
{
    /// <summary>How long a connection may take to be made.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(15);

    private readonly Uri _hubAddress;
    private readonly FleetClientOptions _options;
    private readonly Action<HubLink> _changed;
    private readonly Backoff _backoff;
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HubWatch> _watches = [];
    private readonly Dictionary<HubWatch, Task> _beginning = [];
    /// <summary>Watches that have to begin, or to begin once more.</summary>
    private readonly HashSet<HubWatch> _stale = [];
    private HubConnection? _hub;
    private CancellationToken _lost;
    private Task? _loop;

    public HubLink(Uri hubAddress, FleetClientOptions options, Action<HubLink> changed)
    {
        (_hubAddress, _options, _changed) = (hubAddress, options, changed);
        _backoff = new Backoff(options);
    }

    public ConnectionState State { get; private set; } = ConnectionState.Connecting;

    /// <summary>Whether its last watch has ended; another one needs another link.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Watches something; false when it cannot, because it watches the same already or is over.</summary>
    public bool TryAdd(HubWatch watch)
    {
        lock (_gate)
        {
            if (IsOver || !_watches.TryAdd(watch.Subject, watch)) return false;
            _loop ??= Task.Run(RunAsync);
            if (_hub is not null) Begin(watch);
        }

        Changed();
        return true;
    }

    /// <summary>Ends a watch, and the link with the last one.</summary>
    public async Task RemoveAsync(HubWatch watch)
    {
        HubConnection? hub;
        bool isLast;
        lock (_gate)
        {
            if (_watches.GetValueOrDefault(watch.Subject) != watch) return;
            _watches.Remove(watch.Subject);
            hub = _hub;
            IsOver |= _watches.Count == 0;
            isLast = _watches.Count == 0;
        }

        if (isLast)
        {
            await DisposeAsync();
            return;
        }

        if (hub is not null) await TryEndAsync(watch, hub);
        Changed();
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_loop is not null) await _loop;
        _end.Dispose();
    }

    private static async Task TryEndAsync(HubWatch watch, HubConnection hub)
    {
        try
        {
            await watch.EndAsync(hub);
        }
#pragma warning disable CA1031 // A connection that is lost meanwhile has ended the watch as well.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private async Task RunAsync()
    {
        Exception? reason = null;
        while (reason is null && !_end.IsCancellationRequested)
        {
            var error = await ConnectAsync();
            if (_end.IsCancellationRequested) break;
            try
            {
                var pause = _backoff.Next(error, TimeSpan.Zero);
                Become(ConnectionState.Offline);
                foreach (var watch in Watches()) watch.Interrupt(new WatchInterruption(_backoff.Failures, pause, error));
                await Task.Delay(pause, _options.Time, _end.Token);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                // Nobody watches any more.
            }
            catch (Exception e) when (e == error)
            {
                // It is time to give up.
                reason = new HttpRequestException($"{_hubAddress} does not answer: {e.Message}", e);
            }
        }

        lock (_gate) IsOver = true;
        Become(ConnectionState.Offline);
        foreach (var watch in Watches()) watch.Fail(reason);
    }

    /// <summary>Connects and stays so until the connection is lost, or nobody watches any more. Returns why it was lost.</summary>
    private async Task<Exception?> ConnectAsync()
    {
        var hub = HubMessages.Connect(_hubAddress, _options.SilenceLimit, Receive);
        await using var _ = hub;
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
        var closed = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Closed += error =>
        {
            closed.TrySetResult(error);
            return Task.CompletedTask;
        };
        try
        {
            using (var timeout = new CancellationTokenSource(LongestStart, _options.Time))
            using (var start = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _end.Token))
                await hub.StartAsync(start.Token);
            lock (_gate)
            {
                (_hub, _lost) = (hub, lost.Token);
                foreach (var watch in _watches.Values) Begin(watch);
            }

            Changed();
            return await closed.Task.WaitAsync(_end.Token);
        }
#pragma warning disable CA1031 // Whatever it was, the next try may do better.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
        finally
        {
            Task[] beginning;
            lock (_gate)
            {
                _hub = null;
                beginning = [.. _beginning.Values];
            }

            // Nothing of this connection's may go on beside the next one.
            await lost.CancelAsync();
            await Task.WhenAll(beginning);
        }
    }

    private void Receive(string method, object?[] arguments)
    {
        foreach (var watch in Watches())
        {
            if (watch.Receive(method, arguments)) continue;
            lock (_gate)
            {
                if (_hub is not null) Begin(watch);
            }

            Changed();
        }
    }

    /// <summary>Has a watch begin, or begin once more, over the connection. To be called under the lock.</summary>
    private void Begin(HubWatch watch)
    {
        _stale.Add(watch);
        var (hub, lost) = (_hub!, _lost);
        if (!_beginning.ContainsKey(watch)) _beginning.Add(watch, Task.Run(() => BeginAsync(watch, hub, lost), CancellationToken.None));
    }

    private async Task BeginAsync(HubWatch watch, HubConnection hub, CancellationToken lost)
    {
        var backoff = new Backoff(_options);
        while (HasToBegin(watch))
        {
            try
            {
                if (await TryBeginAsync(watch, hub, lost)) continue;
                await Task.Delay(backoff.Next(null, TimeSpan.Zero), _options.Time, lost);
            }
#pragma warning disable CA1031 // Whatever it was, the watcher must not believe that it is still watching.
            catch (Exception e)
#pragma warning restore CA1031
            {
                // The next connection begins everything anew; what this one answered and cannot be read, no other one would answer better.
                if (!lost.IsCancellationRequested && hub.State == HubConnectionState.Connected) watch.Fail(e);
            }
        }

        Changed();
    }

    /// <summary>False when it should be tried again.</summary>
    private async Task<bool> TryBeginAsync(HubWatch watch, HubConnection hub, CancellationToken lost)
    {
        try
        {
            if (!await watch.BeginAsync(hub, lost)) return true;
        }
        catch (HubException e)
        {
            if (await watch.ExplainAsync(WordsOf(e), lost) is { } refusal)
            {
                // Whoever reads the watch learns of it, and ends it.
                watch.Fail(refusal);
                return true;
            }
        }

        lock (_gate) _stale.Add(watch);
        return false;
    }

    /// <summary>Whether there is something to do for a watch; if not, whoever finds something later starts anew.</summary>
    private bool HasToBegin(HubWatch watch)
    {
        lock (_gate)
        {
            if (_stale.Remove(watch) && _watches.GetValueOrDefault(watch.Subject) == watch) return true;
            _beginning.Remove(watch);
            return false;
        }
    }

    private HubWatch[] Watches()
    {
        lock (_gate) return [.. _watches.Values];
    }

    /// <summary>Live is who has nothing left to begin.</summary>
    private void Changed()
    {
        bool isConnected, isLive;
        lock (_gate)
        {
            isConnected = _hub is not null;
            isLive = isConnected && _beginning.Count == 0;
        }

        if (isLive) _backoff.Reset();
        if (isConnected) Become(isLive ? ConnectionState.Live : ConnectionState.CatchingUp);
        else _changed(this);
    }

    private void Become(ConnectionState state)
    {
        State = state;
        _changed(this);
    }

    /// <summary>What the hub said, without what its client puts before it.</summary>
    private static string WordsOf(HubException error)
    {
        const string Mark = "HubException: ";
        var begin = error.Message.IndexOf(Mark, StringComparison.Ordinal);
        return begin < 0 ? "" : error.Message[(begin + Mark.Length)..];
    }
}

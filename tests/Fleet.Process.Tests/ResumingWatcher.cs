using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Process.Tests;

/// <summary>
/// Watches a run as a client should: it connects to any replica, again and again, and names the last event it saw. What it saw is
/// taken down just as it came.
/// </summary>
internal sealed class ResumingWatcher : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<Uri> _hubs;
    private readonly RunId _run;
    private readonly Random _dice;
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _lock = new();
    private readonly List<RunEvent> _seen = [];
    private readonly Task _watching;

    public ResumingWatcher(IReadOnlyList<Uri> hubs, RunId run, int seed)
    {
        (_hubs, _run, _dice) = (hubs, run, new Random(seed));
        _watching = WatchAsync();
    }

    public RunId Run => _run;

    /// <summary>What it saw, in the order in which it came.</summary>
    public IReadOnlyList<RunEvent> Seen
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    /// <summary>How often it had to connect.</summary>
    public int Connections { get; private set; }

    /// <summary>How often it was told that something is missing.</summary>
    public int Gaps { get; private set; }

    private long Newest
    {
        get
        {
            lock (_lock) return _seen.Count > 0 ? _seen[^1].Seq : 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _over.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await WatchOnceAsync();
            }
#pragma warning disable CA1031 // However a connection fails, a client tries again.
            catch (Exception)
#pragma warning restore CA1031
            {
            }

            await Task.Delay(Pause, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchOnceAsync()
    {
        await using var client = HubClient.Create(_hubs[_dice.Next(_hubs.Count)]);
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var over = _over.Token.Register(() => lost.TrySetResult());
        client.Closed += _ =>
        {
            lost.TrySetResult();
            return Task.CompletedTask;
        };
        // Events that follow the answer may be handled before whoever called gets it, so they wait for each other.
        var answered = new TaskCompletionSource<RunSnapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.On<string, RunEvent>("RunEvent", async (_, news) =>
        {
            await answered.Task;
            lock (_lock) _seen.Add(news);
        });
        client.On<string>("Resync", _ => Gaps++);
        await client.StartAsync(_over.Token);
        Connections++;
        var snapshot = await client.InvokeAsync<RunSnapshot>("WatchRun", _run.ToString(), Newest, _over.Token);
        if (snapshot.Gap) Gaps++;
        lock (_lock) _seen.AddRange(snapshot.Events);
        answered.SetResult(snapshot);
        await lost.Task;
    }
}

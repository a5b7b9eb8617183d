using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Load;

/// <summary>Does to runs what callers do once they exist: reads some, cancels some, retries some of those that failed.</summary>
internal sealed class Meddler(ApiCaller api, Dice dice, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private readonly List<Task> _underWay = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Hears of new runs.</summary>
    public void Heard(Request request, IReadOnlyList<RunId> runs)
    {
        lock (_gate)
        {
            if (_stop.IsCancellationRequested) return;
            _underWay.RemoveAll(task => task.IsCompletedSuccessfully);
            for (var i = 0; i < runs.Count; i++)
            {
                var run = runs[i];
                if (dice.Chance(0.03)) _underWay.Add(LaterAsync(run, api.CancelAsync));
                if (dice.Chance(0.05)) _underWay.Add(LaterAsync(run, api.ReadAsync));
                if (request.Steps[i].Do is Deed.Fail or Deed.Permanent or Deed.Hang && dice.Chance(0.3)) _underWay.Add(RetryOnceFailedAsync(run));
            }
        }
    }

    /// <summary>Leaves off; returns when the last call is over.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        Task[] underWay;
        lock (_gate) underWay = [.. _underWay];
        await Task.WhenAll(underWay);
    }

    public void Dispose() => _stop.Dispose();

    private async Task LaterAsync(RunId run, Func<int, RunId, CancellationToken, Task<Call>> doAsync)
    {
        if (await PauseAsync(Throw(d => d.Between(TimeSpan.Zero, Soon)))) await doAsync(Replica(), run, CancellationToken.None);
    }

    private async Task RetryOnceFailedAsync(RunId run)
    {
        while (await PauseAsync(Look))
        {
            var call = await api.ReadAsync(Replica(), run, CancellationToken.None);
            // One that was cancelled meanwhile is not wanted any more.
            if (call.IsDone && call.Told[0].State is { } state && state.IsFinal() && state != RunState.Failed) return;
            if (call.IsDone && call.Told[0].State == RunState.Failed)
            {
                await api.RetryAsync(Replica(), run, CancellationToken.None);
                return;
            }
        }
    }

    private int Replica() => Throw(d => d.Below(api.Replicas));

    /// <summary>False when it is time to leave off.</summary>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_stop.IsCancellationRequested;
    }

    private T Throw<T>(Func<Dice, T> how)
    {
        lock (_gate) return how(dice);
    }
}

using Fleet.Faults.History;

namespace Fleet.Faults.Load;

/// <summary>
/// Asks for new runs at a steady rate, whatever the weather. A request with a key is sent again, to any replica, until it is
/// answered; one without is sent once, and whether its runs exist is then not known.
/// </summary>
internal sealed class Submitter(
    ApiCaller api, Workload workload, double rate, Dice dice, HistoryFolder history, Action<Request, IReadOnlyList<RunId>> accepted, TimeProvider time)
{
    /// <summary>How many requests are under way at most; while nothing is answered, nothing new is asked.</summary>
    private const int MostUnderWay = 64;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private int _asked;
    private int _accepted;
    private int _underWay;

    /// <summary>How many runs were asked for.</summary>
    public int Asked => _asked;

    /// <summary>How many runs were accepted.</summary>
    public int Accepted => _accepted;

    /// <summary>Asks until <paramref name="stop"/>, then waits for the answers that are still owed, until <paramref name="giveUp"/>.</summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        var began = time.GetTimestamp();
        var underWay = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            while (_asked < rate * time.GetElapsedTime(began).TotalSeconds && Volatile.Read(ref _underWay) < MostUnderWay)
            {
                var parcel = workload.Next();
                _asked += parcel.Request.Steps.Count;
                history.Requests.Write(parcel.Request);
                Interlocked.Increment(ref _underWay);
                underWay.RemoveAll(task => task.IsCompletedSuccessfully);
                underWay.Add(SubmitAsync(parcel, giveUp));
            }

            await Task.Delay(Pace, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(underWay);
    }

    private async Task SubmitAsync(Parcel parcel, CancellationToken giveUp)
    {
        try
        {
            var again = true;
            while (again && !giveUp.IsCancellationRequested)
            {
                var call = await api.SubmitAsync(Throw(d => d.Below(api.Replicas)), parcel, giveUp);
                if (call.IsDone)
                {
                    Interlocked.Add(ref _accepted, call.Told.Count);
                    accepted(parcel.Request, [.. call.Told.Select(run => run.Id)]);
                    // Asking once more must lead to the same runs.
                    if (parcel.Request.Keyed && Throw(d => d.Chance(0.05))) await api.SubmitAsync(Throw(d => d.Below(api.Replicas)), parcel, giveUp);
                }

                // What is refused for what it says would be refused again.
                again = parcel.Request.Keyed && !call.IsDone && call.Status is 0 or >= 500;
                if (again) await Task.Delay(Throw(d => d.Between(ShortestPause, LongestPause)), time, giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private T Throw<T>(Func<Dice, T> how)
    {
        lock (_gate) return how(dice);
    }
}

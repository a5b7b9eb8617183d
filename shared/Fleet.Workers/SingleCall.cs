namespace Fleet.Workers;

/// <summary>A kind of call of which one is under way at a time.</summary>
internal sealed class SingleCall(TimeProvider time)
{
    /// <summary>How long the next call waits when one failed.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Pulse _pulse = new(time);

    /// <summary>Whether another may begin.</summary>
    public bool IsOver => Completion.IsCompleted;

    /// <summary>Completes, always successfully, when the call that is under way is over.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>For how long the call that is under way has been.</summary>
    public TimeSpan Silence => _pulse.Silence;

    /// <summary>Follows a call that was just made.</summary>
    /// <param name="call">The call.</param>
    /// <param name="over">Called when it is over, and another may begin.</param>
    /// <param name="failed">Called with what nobody foresaw; another may begin a moment later.</param>
    public void Begin(Task call, Action over, Action<Exception> failed)
    {
        // Nothing to say, and so nothing to look at again.
        if (call.IsCompletedSuccessfully) return;
        _pulse.Beat();
        Completion = FollowAsync(call, failed);
        // Told only once it is over: a loop that was told a moment sooner would find it under way still, and sleep.
        Completion.ContinueWith(_ => over(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task FollowAsync(Task call, Action<Exception> failed)
    {
        try
        {
            await call;
        }
#pragma warning disable CA1031 // A loop that ended would leave a worker that lives, renews its leases and does nothing.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failed(e);
            await Task.Delay(Pause, time, CancellationToken.None);
        }

        _pulse.Rest();
    }
}

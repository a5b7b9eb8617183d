using System.Threading.Channels;

namespace Fleet.Worker.Tests;

/// <summary>A clock that stands still until the test moves it to where the next wait ends.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly Channel<(long Due, Action Fire)> _timers = Channel.CreateUnbounded<(long, Action)>();
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _timers.Writer.TryWrite((GetTimestamp() + dueTime.Ticks, () => callback(state)));
        return new Timer();
    }

    /// <summary>Waits until somebody waits, and moves the clock to where that ends.</summary>
    public async Task StepAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var (due, fire) = await _timers.Reader.ReadAsync(timeout.Token);
        Interlocked.Exchange(ref _now, due);
        fire();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

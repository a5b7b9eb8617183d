using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>
/// Sends an attempt's progress and log lines to Redis in order. What comes while a call is under way goes out with the next one;
/// progress on its own waits up to 50 ms for newer progress.
/// </summary>
internal sealed class TimelineWriter(Func<IReadOnlyList<AttemptEvent>, Task<bool>> sendAsync, Action lost, TimeProvider time)
{
    private const int MostWaiting = 10_000;

    /// <summary>How much text may wait, because it goes to Redis in one call, and Redis serves nobody else meanwhile.</summary>
    private const int MostCharactersWaiting = 512 * 1024;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private List<AttemptEvent> _waiting = [];
    private int _charactersWaiting;
    private long _dropped;
    private Task _sending = Task.CompletedTask;
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(EventType type, string data)
    {
        lock (_lock) Append(new AttemptEvent(type, data));
    }

    public void TryAddLine(string data)
    {
        lock (_lock)
        {
            if (HasRoom) Append(new AttemptEvent(EventType.Log, data));
            else _dropped++;
        }
    }

    public async ValueTask AddLineAsync(string data, CancellationToken cancellation)
    {
        while (true)
        {
            Task room;
            lock (_lock)
            {
                if (HasRoom)
                {
                    Append(new AttemptEvent(EventType.Log, data));
                    return;
                }

                room = _room.Task;
            }

            await room.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until everything so far is recorded.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            _hurry.TrySetResult();
            return _sending;
        }
    }

    private bool HasRoom => _waiting.Count < MostWaiting && _charactersWaiting < MostCharactersWaiting;

    private void Append(AttemptEvent added)
    {
        if (added.Type == EventType.Progress && _waiting.Count > 0 && _waiting[^1].Type == EventType.Progress)
        {
            _charactersWaiting -= _waiting[^1].Data.Length;
            _waiting.RemoveAt(_waiting.Count - 1);
        }

        _waiting.Add(added);
        _charactersWaiting += added.Data.Length;
        // A log line must not wait behind the pause that progress takes.
        if (added.Type == EventType.Log) _hurry.TrySetResult();
        if (_sending.IsCompleted) _sending = SendAllAsync();
    }

    private async Task SendAllAsync()
    {
        // Off the handler's thread, and out of its lock.
        await Task.Yield();
        while (TakeWaiting() is { } events)
        {
            if (!await sendAsync(events))
            {
                lost();
                return;
            }

            // Progress that follows at once can wait a moment for newer progress.
            await Task.WhenAny(_hurry.Task, Task.Delay(ProgressInterval, time, CancellationToken.None));
        }
    }

    private List<AttemptEvent>? TakeWaiting()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _sending = Task.CompletedTask;
                return null;
            }

            var events = _waiting;
            _waiting = [];
            _charactersWaiting = 0;
            if (_dropped > 0)
            {
                events.Add(new AttemptEvent(EventType.Log, $$"""{"line":"{{_dropped}} lines were dropped here: they came faster than they could be recorded.","stream":"fleet"}"""));
                _dropped = 0;
            }

            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_hurry.Task.IsCompleted) _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return events;
        }
    }
}

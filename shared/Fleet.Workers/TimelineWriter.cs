using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>
/// Sends an attempt's progress and log lines to Redis in order. What comes while a call is under way goes out with the next one;
/// progress on its own waits up to 50 ms for newer progress.
/// </summary>
/// <remarks>
/// Progress between log lines keeps its place among them as long as there are no more than twenty in a second; what exceeds that
/// comes late, or not at all when newer progress has come by then.
/// </remarks>
internal sealed class TimelineWriter(Func<IReadOnlyList<AttemptEvent>, Task<bool>> sendAsync, Action lost, TimeProvider time)
{
    private const int MostWaiting = 10_000;
    private const int MostProgressInSecond = 20;

    /// <summary>How many events one call carries at most: a script call holds up everybody else's.</summary>
    private const int MostPerCall = 256;

    /// <summary>With how many characters a call is full, for the same reason; and those who watch get in one piece what one call carries.</summary>
    private const int FullCall = 64 * 1024;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly List<AttemptEvent> _waiting = [];
    private readonly Queue<long> _progressSent = new();
    private AttemptEvent? _late;
    private long _dropped;
    private bool _flushing;
    private bool _lost;
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
            if (_waiting.Count < MostWaiting) Append(new AttemptEvent(EventType.Log, data));
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
                if (_waiting.Count < MostWaiting)
                {
                    Append(new AttemptEvent(EventType.Log, data));
                    return;
                }

                room = _room.Task;
            }

            await room.WaitAsync(cancellation);
        }
    }

    /// <summary>Waits until everything so far is recorded. The last thing a writer is asked for.</summary>
    public Task FlushAsync()
    {
        lock (_lock)
        {
            _flushing = true;
            _hurry.TrySetResult();
            return _sending;
        }
    }

    private void Append(AttemptEvent added)
    {
        // Nobody will read what a lost attempt tells, and its handler has been asked to end.
        if (_lost) return;
        if (added.Type == EventType.Progress && _waiting.Count > 0 && _waiting[^1].Type == EventType.Progress) _waiting[^1] = added;
        else _waiting.Add(added);
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
            if (events.Count > 0 && !await sendAsync(events))
            {
                Lose();
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
            if (_waiting.Count == 0 && _late is null)
            {
                _sending = Task.CompletedTask;
                return null;
            }

            var events = new List<AttemptEvent>();
            var taken = 0;
            for (var characters = 0; taken < _waiting.Count && taken < MostPerCall && characters < FullCall; taken++)
                characters += _waiting[taken].Data.Length;
            foreach (var waiting in _waiting.Take(taken)) Take(waiting, events);
            _waiting.RemoveRange(0, taken);
            if (_dropped > 0)
            {
                _waiting.Add(new AttemptEvent(EventType.Log, $$"""{"line":"{{_dropped}} lines were dropped here: they came faster than they could be recorded.","stream":"fleet"}"""));
                _dropped = 0;
            }

            if (_waiting.Count == 0 && _late is { } late && (_flushing || MayProgress()))
            {
                _late = null;
                Send(late, events);
            }

            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_hurry.Task.IsCompleted && _waiting.Count == 0)
                _hurry = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return events;
        }
    }

    private void Take(AttemptEvent waiting, List<AttemptEvent> events)
    {
        if (waiting.Type != EventType.Progress)
        {
            events.Add(waiting);
        }
        else if (MayProgress())
        {
            _late = null;
            Send(waiting, events);
        }
        else
        {
            _late = waiting;
        }
    }

    private void Send(AttemptEvent progress, List<AttemptEvent> events)
    {
        _progressSent.Enqueue(time.GetTimestamp());
        events.Add(progress);
    }

    private bool MayProgress()
    {
        while (_progressSent.TryPeek(out var oldest) && time.GetElapsedTime(oldest) >= Second) _progressSent.Dequeue();
        return _progressSent.Count < MostProgressInSecond;
    }

    /// <summary>Lets go of everything, and of those who wait for room, or their handler would never end.</summary>
    private void Lose()
    {
        // First, so that whoever goes on finds the attempt lost.
        lost();
        lock (_lock)
        {
            _lost = true;
            _late = null;
            _waiting.Clear();
            _room.TrySetResult();
            _sending = Task.CompletedTask;
        }
    }
}

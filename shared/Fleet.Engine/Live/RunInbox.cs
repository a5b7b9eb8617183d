namespace Fleet.Engine.Live;

/// <summary>
/// What waits for one watcher of a run: messages up to a bound, and the newest number of watchers. Past the bound messages are dropped and
/// that is remembered, because Redis has what they said.
/// </summary>
internal sealed class RunInbox
{
    /// <summary>How many messages wait.</summary>
    public const int MostMessages = 256;

    /// <summary>How many bytes of messages wait; one message may be larger.</summary>
    public const int MostBytes = 256 * 1024;

    private readonly Lock _lock = new();
    private Queue<RunMessage>? _messages;
    private int _bytes;
    private bool _overflowed;
    private int? _watchers;
    private int? _lastWatchers;
    private long? _newest;

    /// <summary>Adds a message.</summary>
    /// <returns>False where it only says what the last one said: marks and numbers of watchers are renewed all the time, and that must wake nobody.</returns>
    public bool Add(RunMessage message)
    {
        lock (_lock)
        {
            if (message.Watchers is { } watchers)
            {
                if (watchers == _lastWatchers) return false;
                _watchers = _lastWatchers = watchers;
                return true;
            }

            if (message is { Events.Count: 0, Newest: >= 0 } && message.Newest == _newest) return false;
            _newest = message.Newest;
            // Those that wait still continue what the watcher has seen, so it is the newer ones that are dropped.
            _overflowed |= _messages is { Count: > 0 } && (_messages.Count >= MostMessages || _bytes + message.Bytes > MostBytes);
            if (_overflowed) return true;
            (_messages ??= new Queue<RunMessage>()).Enqueue(message);
            _bytes += message.Bytes;
            return true;
        }
    }

    /// <summary>The next message; <see cref="RunMessage.Ask"/> where some were dropped after those already taken; null when there is none.</summary>
    public RunMessage? Take()
    {
        lock (_lock)
        {
            if (_messages is not null && _messages.TryDequeue(out var message))
            {
                _bytes -= message.Bytes;
                // Most watchers wait most of the time; thousands of them should not each keep what a burst once needed.
                if (_messages.Count == 0) _messages = null;
                return message;
            }

            if (_overflowed)
            {
                _overflowed = false;
                return RunMessage.Ask;
            }

            if (_watchers is not { } watchers) return null;
            _watchers = null;
            return RunMessage.OfWatchers(watchers);
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>A run that is watched in this process, by whom, and the one subscription they share.</summary>
/// <remarks>
/// Coming and going are done one at a time, server's answer included: an unsubscription that overtakes the next subscription
/// would leave watchers who hear nothing.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle nobody asks for holds nothing.")]
internal sealed class WatchedRun(Func<WatchedRun, Task<ChannelMessageQueue>> subscribeAsync, Action<WatchedRun> forget)
{
    private readonly SemaphoreSlim _gate = new(1);
    private ChannelMessageQueue? _subscription;
    private volatile RunWatch[] _watches = [];
    private bool _closed;

    /// <summary>How many watch it.</summary>
    public int Count => _watches.Length;

    /// <summary>Adds a watch, once the subscription stands; false when the last one has left and this object is done for.</summary>
    public async Task<bool> JoinAsync(RunWatch watch)
    {
        await _gate.WaitAsync();
        try
        {
            if (_closed) return false;
            _subscription ??= await subscribeAsync(this);
            _watches = [.. _watches, watch];
            return true;
        }
        finally
        {
            if (_watches.Length == 0) Close();
            _gate.Release();
        }
    }

    /// <summary>Takes a watch away, and the subscription with the last one.</summary>
    public async Task LeaveAsync(RunWatch watch)
    {
        await _gate.WaitAsync();
        try
        {
            if (_closed) return;
            _watches = [.. _watches.Where(other => other != watch)];
            if (_watches.Length == 0) await _subscription!.UnsubscribeAsync();
        }
        finally
        {
            if (_watches.Length == 0) Close();
            _gate.Release();
        }
    }

    /// <summary>Hands a message to all who watch.</summary>
    public void Publish(RunMessage message)
    {
        foreach (var watch in _watches) watch.Publish(message);
    }

    /// <summary>From now on, whoever wants to join finds another object, whose subscription starts after this one's end.</summary>
    private void Close()
    {
        if (_closed) return;
        _closed = true;
        forget(this);
    }
}

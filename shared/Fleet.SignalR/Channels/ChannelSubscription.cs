using Fleet.SignalR.Connections;
using StackExchange.Redis;

namespace Fleet.SignalR.Channels;

/// <summary>One channel in Redis and those in this process who watch it. Everything in here is used under the map's lock.</summary>
internal sealed class ChannelSubscription(string name, bool pinned)
{
    private static readonly LocalConnection[] Nobody = [];

    private readonly HashSet<LocalConnection> _watchers = [];
    private LocalConnection[]? _snapshot = Nobody;
    private readonly TaskCompletionSource _subscribed = NewSignal();
    private TaskCompletionSource? _settled;
    private TaskCompletionSource? _unwanted;

    // The last try to subscribe failed, so that nobody should wait for the next.
    private bool _failing;

    public string Name { get; } = name;

    /// <summary>Whether it should be subscribed: somebody watches it, or this server itself listens.</summary>
    public bool IsWanted => pinned || _watchers.Count > 0;

    /// <summary>Where its messages come from, while it is subscribed.</summary>
    public ChannelMessageQueue? Queue { get; private set; }

    /// <summary>Whether somebody is bringing what is into line with what is wanted.</summary>
    public bool IsWorked { get; set; }

    /// <summary>Over when it has been subscribed for the first time.</summary>
    public Task Subscribed => _subscribed.Task;

    /// <summary>Those who watch it, as an array that never changes.</summary>
    public LocalConnection[] Watchers => _snapshot ??= [.. _watchers];

    public void Add(LocalConnection watcher)
    {
        if (_watchers.Add(watcher)) _snapshot = null;
    }

    public void Remove(LocalConnection watcher)
    {
        if (!_watchers.Remove(watcher)) return;
        _snapshot = _watchers.Count == 0 ? Nobody : null;
        if (!IsWanted) _unwanted?.TrySetResult();
    }

    /// <summary>Over when it is subscribed, or when that could not be done for now.</summary>
    public Task SettledAsync() => Queue is not null || _failing ? Task.CompletedTask : (_settled ??= NewSignal()).Task;

    /// <summary>It is subscribed.</summary>
    public void Stand(ChannelMessageQueue queue)
    {
        Queue = queue;
        _failing = false;
        _subscribed.TrySetResult();
    }

    /// <summary>It is to be unsubscribed: from here on nobody may take it for subscribed.</summary>
    public void Fall() => Queue = null;

    /// <summary>It could not be subscribed for now.</summary>
    public void Fail()
    {
        _failing = true;
        Settle();
    }

    /// <summary>Lets those go on who wait for <see cref="SettledAsync"/>.</summary>
    public void Settle()
    {
        _settled?.TrySetResult();
        _settled = null;
    }

    /// <summary>Over when nobody wants it any longer.</summary>
    public Task UnwantedAsync() => IsWanted ? (_unwanted = NewSignal()).Task : Task.CompletedTask;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

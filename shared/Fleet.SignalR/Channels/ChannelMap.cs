using System.Threading.Channels;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.SignalR.Channels;

/// <summary>
/// The channels that this process listens to: subscribed with the first who watches, dropped with the last. A channel's comings and
/// goings are brought to Redis one after another, so that a leave that is under way never undoes the join that followed it.
/// </summary>
/// <remarks>
/// Who watches a channel is this process's own matter and holds at once, whether Redis is there or not; the subscription follows as
/// soon as Redis lets it.
/// </remarks>
internal sealed partial class ChannelMap(BackplaneConnection redis, TimeSpan patience, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How much of what has come is handed on together.</summary>
    private const int MostBytesAtOnce = 64 * 1024;

    private const int MostMessagesAtOnce = 512;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private readonly ILogger _logger = logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ChannelSubscription> _channels = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Called with what came on a channel, in order, never twice at a time for one channel.</summary>
    public required Action<ChannelSubscription, IReadOnlyList<ReadOnlyMemory<byte>>> Receive { get; init; }

    /// <summary>How many channels this process listens to, or is about to.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _channels.Count;
        }
    }

    /// <summary>Makes a connection watch a channel.</summary>
    /// <returns>Over when the subscription stands, or cannot for now; then it follows when Redis is back.</returns>
    public Task JoinAsync(string name, LocalConnection watcher)
    {
        Task settled;
        lock (_lock)
        {
            var channel = Get(name, pinned: false);
            channel.Add(watcher);
            settled = Work(channel);
        }

        return settled.IsCompletedSuccessfully ? Task.CompletedTask : WaitAsync(settled);
    }

    /// <summary>Makes a connection watch a channel no longer; at once.</summary>
    public void Leave(string name, LocalConnection watcher)
    {
        lock (_lock)
        {
            if (!_channels.TryGetValue(name, out var channel)) return;
            channel.Remove(watcher);
            if (!channel.IsWanted) Work(channel);
        }
    }

    /// <summary>Listens to a channel for this server itself.</summary>
    /// <returns>Over when the subscription stands, however long that takes.</returns>
    public Task ListenAsync(string name)
    {
        lock (_lock)
        {
            var channel = Get(name, pinned: true);
            Work(channel);
            return channel.Subscribed;
        }
    }

    /// <summary>Those who watch a channel now.</summary>
    public LocalConnection[] WatchersOf(ChannelSubscription channel)
    {
        lock (_lock) return channel.Watchers;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        List<ChannelMessageQueue> queues;
        lock (_lock) queues = [.. _channels.Values.Select(channel => channel.Queue).OfType<ChannelMessageQueue>()];
        foreach (var queue in queues) await UnsubscribeAsync(queue, CommandFlags.FireAndForget);
        _stop.Dispose();
    }

    // In the lock.
    private ChannelSubscription Get(string name, bool pinned)
    {
        if (!_channels.TryGetValue(name, out var channel)) _channels.Add(name, channel = new ChannelSubscription(name, pinned));
        return channel;
    }

    // In the lock.
    private Task Work(ChannelSubscription channel)
    {
        if (!channel.IsWorked && channel.IsWanted != (channel.Queue is not null))
        {
            channel.IsWorked = true;
            _ = Task.Run(() => WorkAsync(channel));
        }

        return channel.SettledAsync();
    }

    /// <summary>Subscribes or unsubscribes until what is is what is wanted.</summary>
    private async Task WorkAsync(ChannelSubscription channel)
    {
        while (!_stop.IsCancellationRequested)
        {
            ChannelMessageQueue? queue;
            lock (_lock)
            {
                queue = channel.Queue;
                if (channel.IsWanted == (queue is not null))
                {
                    channel.IsWorked = false;
                    if (queue is null) _channels.Remove(channel.Name);
                    channel.Settle();
                    return;
                }

                channel.Fall();
            }

            if (queue is null) await SubscribeAsync(channel);
            else await UnsubscribeAsync(queue, CommandFlags.None);
        }
    }

    private async Task SubscribeAsync(ChannelSubscription channel)
    {
        Task unwanted;
        try
        {
            var queue = await redis.SubscribeAsync(channel.Name);
            BackplaneMetrics.Subscriptions.Add(1);
            lock (_lock) channel.Stand(queue);
            _ = PumpAsync(channel, queue);
            return;
        }
#pragma warning disable CA1031 // The client library and its transport fail in many ways, and after each it is tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // That the connection cannot be made is told where it is made.
            if (redis.HasBeenReached) LogNotSubscribed(channel.Name, e.Message);
            lock (_lock)
            {
                channel.Fail();
                unwanted = channel.UnwantedAsync();
            }
        }

        await Task.WhenAny(unwanted, RetryAsync());
    }

    private async Task RetryAsync()
    {
        try
        {
            await Task.Delay(RetryInterval, time, _stop.Token);
            await redis.WhenBackAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private static async Task UnsubscribeAsync(ChannelMessageQueue queue, CommandFlags flags)
    {
        BackplaneMetrics.Subscriptions.Add(-1);
        try
        {
            await queue.UnsubscribeAsync(flags);
        }
#pragma warning disable CA1031 // Redis forgets the subscriptions of a connection that is gone; the client library has forgotten this one.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Hands on what comes. What came while the last was handed on goes together.</summary>
    private async Task PumpAsync(ChannelSubscription channel, ChannelMessageQueue queue)
    {
        var batch = new List<ReadOnlyMemory<byte>>();
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> first = (await queue.ReadAsync(_stop.Token)).Message;
                batch.Add(first);
                var bytes = first.Length;
                while (bytes < MostBytesAtOnce && batch.Count < MostMessagesAtOnce && queue.TryRead(out var next))
                {
                    ReadOnlyMemory<byte> message = next.Message;
                    batch.Add(message);
                    bytes += message.Length;
                }

                Hand(channel, batch);
                batch.Clear();
            }
        }
        catch (Exception e) when (e is ChannelClosedException or OperationCanceledException)
        {
            // It is unsubscribed, or the process ends.
        }
    }

    private void Hand(ChannelSubscription channel, List<ReadOnlyMemory<byte>> batch)
    {
        BackplaneMetrics.Received.Add(batch.Count);
        try
        {
            Receive(channel, batch);
        }
#pragma warning disable CA1031 // Whatever it was, what comes next must be handed on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotHanded(channel.Name, e);
        }
    }

    private async Task WaitAsync(Task settled)
    {
        try
        {
            await settled.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            // Redis is there and does not answer. The subscription follows when it does.
        }
    }

    [LoggerMessage(5301, LogLevel.Warning, "The backplane could not subscribe to {Channel} and tries again: {Reason}")]
    private partial void LogNotSubscribed(string channel, string reason);

    [LoggerMessage(5302, LogLevel.Error, "Messages on {Channel} could not be handed on")]
    private partial void LogNotHanded(string channel, Exception error);
}

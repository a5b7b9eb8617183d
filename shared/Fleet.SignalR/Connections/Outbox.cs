using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging;

namespace Fleet.SignalR.Connections;

/// <summary>
/// What waits for one connection, so that nobody waits for it in turn: while the connection takes what it is given, a message goes
/// straight to it; while it does not, messages wait here, up to a bound, and go out together in one write as soon as there is room.
/// </summary>
/// <remarks>
/// One write is under way at a time. Whoever finds none begins one; whoever finds one leaves what it has and goes on. A write that
/// does not complete at once is followed to its end by <see cref="DrainAsync"/>, which then takes what was left meanwhile.
/// </remarks>
internal sealed partial class Outbox(LocalConnection connection, OutboxLimits limits, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly ILogger _logger = logger;
    private Queue<OutboxItem>? _waiting;
    private int _waitingBytes;
    private bool _writing;
    private bool _resync;
    private bool _closed;

    /// <summary>How many bytes of messages that many get wait, those of the write under way not counted.</summary>
    public int WaitingBytes => Volatile.Read(ref _waitingBytes);

    /// <summary>How many messages wait.</summary>
    public int WaitingMessages
    {
        get
        {
            lock (_lock) return _waiting?.Count ?? 0;
        }
    }

    /// <summary>Hands on a message that many get, now or later. Never waits.</summary>
    public void Post(HubPayload payload)
    {
        if (!payload.TryGet(connection.Protocol, out var bytes))
        {
            LogOtherProtocol(connection.Id, connection.Protocol);
            Miss(limits.WhenOverflowing);
            return;
        }

        bool begins;
        Dropped dropped = default;
        lock (_lock)
        {
            if (_closed) return;
            begins = !_writing;
            if (begins) _writing = true;
            else dropped = Add(OutboxItem.OfMany(payload, bytes.Length));
        }

        if (begins) Follow(connection.WriteAsync(payload));
        else Settle(dropped);
    }

    /// <summary>Sends a message of this connection's own; over when it has been written, true, or was dropped, false.</summary>
    public ValueTask<bool> SendAsync(HubMessage message) => SendAsync(message, null);

    /// <summary>The same with a message that came from another server.</summary>
    public ValueTask<bool> SendAsync(HubPayload payload) => SendAsync(null, payload);

    private ValueTask<bool> SendAsync(HubMessage? message, HubPayload? payload)
    {
        OutboxItem waiting = default;
        Dropped dropped = default;
        lock (_lock)
        {
            if (_closed) return new ValueTask<bool>(false);
            if (_writing) dropped = Add(waiting = OutboxItem.OfItsOwn(message, payload));
            else _writing = true;
        }

        if (waiting.Left is { } turn)
        {
            Settle(dropped);
            return new ValueTask<bool>(turn.Task);
        }

        var write = payload is null ? connection.WriteAsync(message!) : connection.WriteAsync(payload);
        if (write.IsCompletedSuccessfully)
        {
            Follow(write);
            return new ValueTask<bool>(true);
        }

        var left = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = DrainAsync(write, left);
        return new ValueTask<bool>(left.Task);
    }

    /// <summary>The connection has missed something, or cannot be given what it should get.</summary>
    public void Miss(MissedMessages then)
    {
        if (then == MissedMessages.Ignore) return;
        Dropped dropped;
        bool begins;
        lock (_lock)
        {
            if (_closed) return;
            dropped = Overflow(then);
            begins = !_writing && !_closed;
            if (begins) _writing = true;
        }

        Settle(dropped);
        if (begins) _ = DrainAsync(default, null);
    }

    /// <summary>The connection has gone: what waits is dropped.</summary>
    public void Close()
    {
        Dropped dropped;
        lock (_lock)
        {
            _closed = true;
            dropped = new Dropped(TakeAll(), Cut: false);
        }

        Settle(dropped);
    }

    // In the lock.
    private Dropped Add(OutboxItem item)
    {
        // What many get is covered by the resynchronisation that is still to be sent.
        if (_resync && item.Left is null) return new Dropped([item], Cut: false);
        _waiting ??= new Queue<OutboxItem>();
        _waiting.Enqueue(item);
        _waitingBytes += item.Bytes;
        if (_waitingBytes <= limits.MaxBytes && _waiting.Count <= limits.MaxMessages) return default;
        return Overflow(limits.WhenOverflowing) with { Overflowed = true };
    }

    // In the lock.
    private Dropped Overflow(MissedMessages then)
    {
        var waiting = TakeAll();
        if (then == MissedMessages.Disconnect)
        {
            _closed = true;
            return new Dropped(waiting, Cut: true);
        }

        _resync = true;
        // The senders of its own messages wait with them, so those are few, unless somebody sends without waiting.
        var own = waiting.Where(item => item.Left is not null).ToList();
        if (own.Count > limits.MaxMessages) return new Dropped(waiting, Cut: false);
        foreach (var item in own) _waiting!.Enqueue(item);
        return new Dropped([.. waiting.Where(item => item.Left is null)], Cut: false);
    }

    // In the lock.
    private List<OutboxItem> TakeAll()
    {
        List<OutboxItem> all = [.. _waiting ?? []];
        _waiting?.Clear();
        _waitingBytes = 0;
        return all;
    }

    // Outside of the lock, because whoever waits goes on now, and a log may take its time.
    private void Settle(Dropped dropped)
    {
        if (dropped.Overflowed)
        {
            BackplaneMetrics.Overflows.Add(1);
            LogOverflow(connection.Id, dropped.Items!.Count, limits.WhenOverflowing);
        }

        if (dropped.Items is { Count: > 0 } items)
        {
            BackplaneMetrics.Dropped.Add(items.Count);
            foreach (var item in items) item.Left?.TrySetResult(false);
        }

        if (dropped.Cut) connection.Cut();
    }

    private readonly record struct Dropped(IReadOnlyCollection<OutboxItem>? Items, bool Cut, bool Overflowed = false);
}

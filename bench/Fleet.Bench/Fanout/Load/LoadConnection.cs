using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Fanout.Load;

/// <summary>One raw WebSocket of the load. Its reading side belongs to the loop's thread; anybody may send.</summary>
internal sealed class LoadConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Dialect _dialect;
    private readonly byte[]? _join;
    private readonly SendTimes _times;
    private readonly Socket _socket;
    private readonly int _handle;
    private readonly Lock _sending = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly StringBuilder _upgrade = new();
    private FrameDecoder _frames;
    private RecordSplitter _records;
    private SequenceLedger _ledger;

    /// <summary>Makes one that is connected already.</summary>
    /// <param name="number">Its number in the loop.</param>
    /// <param name="socket">Connected.</param>
    /// <param name="dialect">What is spoken.</param>
    /// <param name="join">The call that is made first; null for none.</param>
    /// <param name="times">When what it receives was published.</param>
    public LoadConnection(int number, Socket socket, Dialect dialect, byte[]? join, SendTimes times)
    {
        Number = number;
        _socket = socket;
        _handle = (int)socket.Handle;
        _dialect = dialect;
        _join = join;
        _times = times;
        _records = new RecordSplitter(dialect.Separator);
    }

    public int Number { get; }

    public int Handle => _handle;

    public Phase Phase { get; private set; }

    /// <summary>What it got.</summary>
    public SequenceLedger Ledger => _ledger;

    /// <summary>Why it is closed; null while it is not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Done when the first call is answered.</summary>
    public Task Joined => _joined.Task;

    /// <summary>Whether what it receives is measured. A slow one's own latency is nobody's concern.</summary>
    public bool Counts { get; set; } = true;

    /// <summary>Asks for the WebSocket.</summary>
    public void Begin() => SendRaw(Encoding.ASCII.GetBytes(
        $"GET {_dialect.Path} HTTP/1.1\r\nHost: {_socket.RemoteEndPoint}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: RmxlZXQncyBvd24gbG9hZA==\r\n\r\n"));

    /// <summary>Sends a message. True when it had to wait for room.</summary>
    public bool Send(byte[] payload) => SendRaw(FrameEncoder.Encode(Opcode.Text, payload));

    /// <summary>Tells the server that this client lives.</summary>
    public void ShowLife()
    {
        if (Phase == Phase.Live && _dialect.SignOfLife is { } sign) Send(sign);
    }

    /// <summary>Takes what has arrived.</summary>
    /// <param name="bytes">The bytes; none at the end of the stream.</param>
    /// <param name="now">When they were read.</param>
    /// <param name="stats">Where it is counted.</param>
    public void Take(ReadOnlySpan<byte> bytes, long now, LoadStats stats)
    {
        if (bytes.IsEmpty)
        {
            Close("the server closed the connection");
            return;
        }

        if (Phase == Phase.Upgrading && !TakeUpgrade(ref bytes)) return;
        while (Phase != Phase.Closed && _frames.TryRead(ref bytes, out var part))
        {
            if (part.IsControl)
            {
                TakeControl(part);
                continue;
            }

            var rest = part.Bytes;
            while (_records.TryTake(ref rest, part.EndsMessage, out var record)) TakeRecord(record, now, stats);
        }
    }

    /// <summary>Ends it, without the wait of a polite end: the port is free again at once.</summary>
    public void Dispose() => Close("the load is over");

    private bool TakeUpgrade(ref ReadOnlySpan<byte> bytes)
    {
        // The answer's head is short, and mostly arrives whole.
        var before = _upgrade.Length;
        _upgrade.Append(Encoding.Latin1.GetString(bytes));
        var head = _upgrade.ToString();
        var end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0) return false;
        if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            Close($"the server answered {head[..head.IndexOf('\r', StringComparison.Ordinal)]}");
            return false;
        }

        bytes = bytes[(end + 4 - before)..];
        _upgrade.Clear().Capacity = 0;
        Phase = Phase.Greeting;
        if (_dialect.GreetsFirst) Send(_dialect.Greeting);
        return true;
    }

    private void TakeControl(FramePart part)
    {
        if (part.Opcode == Opcode.Close) Close("the server closed the WebSocket");
        // Neither Kestrel nor Socket.IO gives its pings a content, so none is kept that arrives in pieces.
        else if (part.Opcode == Opcode.Ping && part.EndsFrame) SendRaw(FrameEncoder.Encode(Opcode.Pong, part.Bytes));
    }

    private void TakeRecord(ReadOnlySpan<byte> record, long now, LoadStats stats)
    {
        var kind = _dialect.Read(record);
        switch (kind)
        {
            case RecordKind.Message:
                TakeMessage(record, now, stats);
                break;
            case RecordKind.Opened:
                Send(_dialect.Greeting);
                break;
            case RecordKind.Greeted when _join is not null:
                Phase = Phase.Joining;
                Send(_join);
                break;
            case RecordKind.Greeted:
                BeLive();
                break;
            case RecordKind.Joined when Phase == Phase.Joining:
                var newest = 0L;
                var known = new SequenceNumbers(record);
                while (known.TryNext(out var number)) newest = Math.Max(newest, number);
                _ledger.Begin(newest);
                BeLive();
                break;
            case RecordKind.Ping when _dialect.Pong is { } pong:
                Send(pong);
                break;
            case RecordKind.Resync:
                stats.Resyncs++;
                break;
            case RecordKind.Refused:
                Close($"the server said {Encoding.UTF8.GetString(record)}");
                break;
            default:
                break;
        }
    }

    private void TakeMessage(ReadOnlySpan<byte> record, long now, LoadStats stats)
    {
        var numbers = new SequenceNumbers(record);
        while (numbers.TryNext(out var number))
        {
            if (!_ledger.Add(number) || !Counts) continue;
            stats.Latency.Add((now - _times[number]) * 1_000_000 / Stopwatch.Frequency);
            stats.LastArrival = now;
        }
    }

    private void BeLive()
    {
        Phase = Phase.Live;
        _joined.TrySetResult();
    }

    private bool SendRaw(byte[] bytes)
    {
        var waited = false;
        lock (_sending)
        {
            for (var sent = 0; sent < bytes.Length && Phase != Phase.Closed;)
            {
                var count = Epoll.Send(_handle, bytes.AsSpan(sent));
                if (count < 0) break;
                sent += count;
                if (count > 0) continue;
                waited = true;
                if (!_socket.Poll(Patience, SelectMode.SelectWrite)) break;
            }
        }

        return waited;
    }

    private void Close(string reason)
    {
        // Its number belongs to another socket as soon as this one is closed, so nobody may be sending.
        lock (_sending)
        {
            if (Phase == Phase.Closed) return;
            Phase = Phase.Closed;
            _socket.LingerState = new LingerOption(true, 0);
            _socket.Dispose();
        }

        _records.Release();
        Fault = reason;
        _joined.TrySetException(new IOException($"Connection {Number}: {reason}."));
    }
}

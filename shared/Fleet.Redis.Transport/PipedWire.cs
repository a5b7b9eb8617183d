using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// A wire as a pair of pipes, with a loop for each direction. Whatever ends one loop ends the other and closes the wire:
/// Redis has no use for half a connection.
/// </summary>
internal sealed class PipedWire
{
    // What one receive may take at most, once replies turn out to be long.
    private const int LongestReceive = 64 * 1024;

    private readonly IWire _wire;
    private readonly Pipe _received;
    private readonly Pipe _toSend;
    private readonly MeasuredReader _input;
    private readonly MeasuredWriter _output;
    private readonly int _shortestReceive;

    private long _bytesReceived;
    private long _bytesSent;
    private int _lastReceived;
    private int _shutdownKind;
    private Ending? _ending;

    public PipedWire(IWire wire, PipeOptions? sendOptions, PipeOptions? receiveOptions)
    {
        sendOptions ??= PipeOptions.Default;
        receiveOptions ??= PipeOptions.Default;
        _wire = wire;
        _received = new(receiveOptions);
        _toSend = new(sendOptions);
        _input = new(_received.Reader, () => End(PipeShutdownKind.InputReaderCompleted));
        _output = new(_toSend.Writer);
        // Half a segment, so that the last few bytes of one are not received into by themselves.
        _shortestReceive = Math.Max(1, receiveOptions.MinimumSegmentSize / 2);
        // On the thread pool: a first receive that finds bytes waiting would keep the caller for as long as they last.
        Completion = Task.WhenAll(Task.Run(ReceiveAsync), Task.Run(SendAsync));
    }

    public PipeReader Input => _input;

    public PipeWriter Output => _output;

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public int LastReceived => Volatile.Read(ref _lastReceived);

    // The other count may move between the two reads; a diagnostic should still not say "-1 bytes".
    public long BytesWaitingToBeRead => Math.Max(0, BytesReceived - _input.Consumed);

    public long BytesWaitingToBeSent => Math.Max(0, _output.Written - BytesSent);

    public PipeShutdownKind ShutdownKind => (PipeShutdownKind)Volatile.Read(ref _shutdownKind);

    public SocketError SocketError => Volatile.Read(ref _ending)?.SocketError ?? SocketError.Success;

    /// <summary>Completes, always successfully, when both loops are over.</summary>
    public Task Completion { get; }

    private bool HasEnded => Volatile.Read(ref _ending) is not null;

    public bool TrySetShutdownKind(PipeShutdownKind kind) =>
        Interlocked.CompareExchange(ref _shutdownKind, (int)kind, (int)PipeShutdownKind.None) == (int)PipeShutdownKind.None;

    public void End(PipeShutdownKind kind, Exception? fault = null, SocketError socketError = SocketError.Success)
    {
        // 1. The first reason is the reason.
        if (Interlocked.CompareExchange(ref _ending, new(fault, socketError), null) is not null) return;
        TrySetShutdownKind(kind);

        // 2. A loop is in one of four awaits, or about to look at HasEnded: each has its way out. A cancellation that comes
        //    before its await ends that await at once.
        try
        {
            _wire.Dispose();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // What could not be closed in order is closed.
        }
        _received.Writer.CancelPendingFlush();
        _toSend.Reader.CancelPendingRead();
    }

    private async Task ReceiveAsync()
    {
        var writer = _received.Writer;
        try
        {
            var room = _shortestReceive;
            while (!HasEnded)
            {
                var memory = writer.GetMemory(room);
                var count = await _wire.ReceiveAsync(memory);
                if (count == 0)
                {
                    End(PipeShutdownKind.ReadEndOfStream);
                    break;
                }
                room = count == memory.Length ? Math.Min(Math.Max(room, memory.Length) * 2, LongestReceive) : _shortestReceive;
                Volatile.Write(ref _lastReceived, count);
                Volatile.Write(ref _bytesReceived, _bytesReceived + count);

                // Waits here while the reader has more than enough to do.
                writer.Advance(count);
                if ((await writer.FlushAsync()).IsCompleted)
                {
                    End(PipeShutdownKind.InputReaderCompleted);
                    break;
                }
            }
        }
        catch (Exception e)
        {
            EndBecauseOf(e, reading: true);
        }
        await writer.CompleteAsync(_ending?.Fault);
    }

    private async Task SendAsync()
    {
        var reader = _toSend.Reader;
        try
        {
            while (!HasEnded)
            {
                var read = await reader.ReadAsync();
                if (HasEnded) break;
                var bytes = read.Buffer;
                if (!bytes.IsEmpty)
                {
                    var count = await _wire.SendAsync(bytes);
                    Volatile.Write(ref _bytesSent, _bytesSent + count);
                    // What was not sent is there at once when read again, together with what was written meanwhile.
                    reader.AdvanceTo(bytes.GetPosition(count));
                }
                else
                {
                    reader.AdvanceTo(bytes.End);
                    if (!read.IsCompleted) continue;
                    _wire.EndSending();
                    End(PipeShutdownKind.OutputWriterCompleted);
                }
            }
        }
        catch (Exception e)
        {
            EndBecauseOf(e, reading: false);
        }
        await reader.CompleteAsync(_ending?.Fault);
    }

    private void EndBecauseOf(Exception e, bool reading)
    {
        // TLS tells of its socket's troubles from inside an IOException.
        var socketException = e as SocketException ?? (e as IOException)?.InnerException as SocketException;
        switch (socketException?.SocketErrorCode)
        {
            case null when e is ObjectDisposedException or OperationCanceledException:
            case SocketError.OperationAborted or SocketError.Interrupted:
                // Someone disposed the socket, and has not told; if we did, End was first and this says nothing.
                End(reading ? PipeShutdownKind.ReadDisposed : PipeShutdownKind.WriteDisposed);
                break;
            case null:
                End(reading ? PipeShutdownKind.ReadException : PipeShutdownKind.WriteException, e);
                break;
            case { } error:
                // Shutdown is what a write meets when the peer is gone: a broken pipe.
                Exception fault = error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown
                    ? new ConnectionResetException("The peer reset the connection.", socketException!)
                    : e;
                End(reading ? PipeShutdownKind.ReadSocketError : PipeShutdownKind.WriteSocketError, fault, error);
                break;
        }
    }

    private sealed record Ending(Exception? Fault, SocketError SocketError);
}

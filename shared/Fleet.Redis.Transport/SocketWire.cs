using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A connected socket.</summary>
internal sealed class SocketWire(Socket socket) : IWire
{
    // The runtime sends up to eight buffers without allocating; the rest goes out with the next call.
    private const int MaxBuffers = 8;

    private readonly List<ArraySegment<byte>> _buffers = new(MaxBuffers);
    private readonly SocketAwaitableEventArgs _gathering = new(scheduler: null);
    private readonly CancellationTokenSource _closing = new();

    // Held while an operation starts: until it has, the token does not reach it.
    private readonly Lock _receiving = new();
    private readonly Lock _sending = new();

    public ValueTask<int> ReceiveAsync(Memory<byte> memory)
    {
        lock (_receiving) return socket.ReceiveAsync(memory, SocketFlags.None, _closing.Token);
    }

    public ValueTask<int> SendAsync(ReadOnlySequence<byte> bytes) => bytes.IsSingleSegment ? SendAsync(bytes.First) : GatherAsync(bytes);

    public void EndSending() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        // The token first: a socket that is disposed under an operation resets the connection, and the peer may then lose
        // bytes that were sent to it. (A gathering send has no token; its peer is not taking what it is sent.)
        lock (_receiving)
        lock (_sending)
        {
            _closing.Cancel();
            socket.Dispose();
            _gathering.Dispose();
            _closing.Dispose();
        }
    }

    private ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_sending) return socket.SendAsync(bytes, SocketFlags.None, _closing.Token);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> GatherAsync(ReadOnlySequence<byte> bytes)
    {
        _buffers.Clear();
        foreach (var segment in bytes)
        {
            if (segment.IsEmpty) continue;
            // A pool of native memory has no arrays: then its segments go one by one.
            if (!MemoryMarshal.TryGetArray(segment, out var array))
            {
                if (_buffers.Count == 0) return await SendAsync(segment);
                break;
            }
            _buffers.Add(array);
            if (_buffers.Count == MaxBuffers) break;
        }
        _gathering.BufferList = _buffers;
        if (!socket.SendAsync(_gathering)) _gathering.Complete();
        return await _gathering;
    }
}

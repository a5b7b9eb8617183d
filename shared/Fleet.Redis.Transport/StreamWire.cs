using System.Buffers;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A stream that reads and writes at the same time, such as TLS.</summary>
internal sealed class StreamWire(Stream stream) : IWire
{
    private readonly CancellationTokenSource _closed = new();

    public ValueTask<int> ReceiveAsync(Memory<byte> memory) => stream.ReadAsync(memory, _closed.Token);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> SendAsync(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes) await stream.WriteAsync(segment, _closed.Token);
        await stream.FlushAsync(_closed.Token);
        return checked((int)bytes.Length);
    }

    // A stream has no half close: the peer learns of it from Dispose.
    public void EndSending()
    {
    }

    public void Dispose()
    {
        // The token first: not every stream ends what is under way when it is disposed. A stream over someone else's socket
        // does not, for one.
        _closed.Cancel();
        stream.Dispose();
        _closed.Dispose();
    }
}

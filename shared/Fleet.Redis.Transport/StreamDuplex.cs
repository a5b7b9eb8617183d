using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A stream as a pair of pipes.</summary>
internal sealed class StreamDuplex(Stream stream, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name)
    : IMeasuredDuplexPipe, IDisposable
{
    private readonly PipedWire _wire = new(new StreamWire(stream), sendPipeOptions, receivePipeOptions);

    public PipeReader Input => _wire.Input;

    public PipeWriter Output => _wire.Output;

    public long TotalBytesSent => _wire.BytesSent;

    public long TotalBytesReceived => _wire.BytesReceived;

    internal PipeShutdownKind ShutdownKind => _wire.ShutdownKind;

    internal Task Completion => _wire.Completion;

    public void Dispose() => _wire.End(PipeShutdownKind.PipeDisposed);

    public override string ToString() => string.IsNullOrWhiteSpace(name) ? nameof(StreamConnection) : name;
}

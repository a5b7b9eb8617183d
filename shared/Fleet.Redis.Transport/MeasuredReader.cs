using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>The reading end of the input, which counts what was consumed and tells of its completion.</summary>
internal sealed class MeasuredReader(PipeReader inner, Action completed) : PipeReader
{
    private ReadOnlySequence<byte> _lastRead;
    private long _consumed;

    /// <summary>Bytes that the reader is done with.</summary>
    public long Consumed => Volatile.Read(ref _consumed);

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        _lastRead = result.Buffer;
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var read = inner.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully) return Awaited(read);
        var result = read.Result;
        _lastRead = result.Buffer;
        return new(result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Measured before the segments go back to the pipe, counted after the pipe has agreed.
        var length = _lastRead.IsEmpty ? 0 : _lastRead.GetOffset(consumed) - _lastRead.GetOffset(_lastRead.Start);
        _lastRead = default;
        inner.AdvanceTo(consumed, examined);
        Volatile.Write(ref _consumed, _consumed + length);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        inner.Complete(exception);
        completed();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> Awaited(ValueTask<ReadResult> read)
    {
        var result = await read;
        _lastRead = result.Buffer;
        return result;
    }
}

using System.IO.Pipelines;
using Fleet.SignalR.Connections;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.SignalR.Tests;

/// <summary>What a delivery costs when nothing is in its way.</summary>
public class DeliveryCostTests
{
    [Fact]
    public void Post_ToAConnectionThatTakesIt_AllocatesNothing()
    {
        var sink = new Sink();
        var context = new HubConnectionContext(
            new DefaultConnectionContext("connection", new Transport(new Pipe().Reader, sink), new Transport(new Pipe().Reader, sink)),
            new HubConnectionContextOptions(), NullLoggerFactory.Instance) { Protocol = new JsonHubProtocol() };
        var payload = new HubPayload([new SerializedMessage("messagepack", new byte[300]), new SerializedMessage("json", new byte[300])]);
        using var connection = new LocalConnection(
            context, new OutboxLimits(1024, 10, MissedMessages.Disconnect, payload), TimeProvider.System, NullLogger.Instance);
        for (var i = 0; i < 1000; i++) connection.Outbox.Post(payload);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) connection.Outbox.Post(payload);

        // Less than a byte for each: the runtime itself makes something now and then.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 9_999);
        Assert.Equal(11_000 * 300, sink.Bytes);
    }

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Takes everything.</summary>
    private sealed class Sink : PipeWriter
    {
        public long Bytes { get; private set; }

        public override void Advance(int bytes) => throw new NotSupportedException();

        public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

        public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

        public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            Bytes += source.Length;
            return default;
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => default;

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}

using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

/// <summary>A side that does not read holds up the side that writes, and memory stays bounded meanwhile.</summary>
public class BackPressureTests
{
    private const int Pause = 64 * 1024;
    private const int KernelBuffer = 16 * 1024;
    private const int Total = 32_000_000;

    [Fact]
    public async Task PeerDoesNotRead_Flush_StallsAtThePauseThresholdThenGoesOn()
    {
        using var loopback = await Loopback.CreateAsync(send: new(pauseWriterThreshold: Pause), kernelBuffer: KernelBuffer);
        var writing = Bytes.WriteAsync(loopback.Connection.Output, Total, seed: 1);
        Assert.True(await writing.Stalls());
        // The longest burst between two flushes can come on top of the threshold.
        Assert.InRange(loopback.Connection.GetCounters().BytesWaitingToBeSent, 1, Pause + 2_000_000);
        Assert.InRange(loopback.Connection.BytesSent, 0, Total / 2);

        Assert.Equal(Total, await Bytes.ReceiveAsync(loopback.Peer, Total).Soon());
        await writing.Soon();
    }

    [Fact]
    public async Task StalledFlush_Cancelled_LosesNothing()
    {
        using var loopback = await Loopback.CreateAsync(send: new(pauseWriterThreshold: Pause), kernelBuffer: KernelBuffer);
        using var cancellation = new CancellationTokenSource();
        var output = loopback.Connection.Output;
        long written = 0;
        while (true)
        {
            Bytes.Fill(output.GetSpan(10_000)[..10_000], written);
            output.Advance(10_000);
            written += 10_000;
            var flush = output.FlushAsync(cancellation.Token).AsTask();
            if (!await flush.Stalls()) continue;
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.Soon());
            break;
        }
        await output.CompleteAsync();
        Assert.Equal(written, await Bytes.ReceiveAsync(loopback.Peer).Soon());
    }

    [Fact]
    public async Task NobodyReadsTheInput_Receiving_StallsAtThePauseThresholdThenGoesOn()
    {
        using var loopback = await Loopback.CreateAsync(receive: new(pauseWriterThreshold: Pause), kernelBuffer: KernelBuffer);
        var bytes = new byte[Total];
        Bytes.Fill(bytes, 0);
        var sending = SendAllAsync(loopback, bytes);
        Assert.True(await sending.Stalls());
        var counters = loopback.Connection.GetCounters();
        Assert.InRange(counters.BytesWaitingToBeRead, 1, Pause + (64 * 1024));
        Assert.Equal(loopback.Connection.BytesRead, counters.BytesWaitingToBeRead);

        Assert.Equal(Total, await Bytes.ReadAsync(loopback.Connection.Input, seed: 1, Total).Soon());
        await sending.Soon();
        Assert.Equal(PipeShutdownKind.None, loopback.Connection.ShutdownKind);
    }

    private static async Task SendAllAsync(Loopback loopback, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await loopback.Peer.SendAsync(bytes)..];
    }
}

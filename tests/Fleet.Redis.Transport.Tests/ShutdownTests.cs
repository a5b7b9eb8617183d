using System.IO.Pipelines;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

/// <summary>Whatever ends a connection ends both its loops and its socket, and says truthfully what it was.</summary>
public class ShutdownTests
{
    [Fact]
    public async Task CompleteOutput_WithBytesUnsent_SendsThemThenEnds()
    {
        using var loopback = await Loopback.CreateAsync(kernelBuffer: 8192);
        var connection = loopback.Connection;
        var receiving = Bytes.ReceiveAsync(loopback.Peer);
        await Bytes.WriteAsync(connection.Output, 3_000_000, seed: 1).Soon();
        await connection.Output.CompleteAsync();

        Assert.Equal(3_000_000, await receiving.Soon());
        await AssertEnded(loopback, PipeShutdownKind.OutputWriterCompleted);
        Assert.True((await connection.Input.ReadAsync().Soon()).IsCompleted);
    }

    [Fact]
    public async Task CompleteOutput_WithException_Breaks()
    {
        using var loopback = await Loopback.CreateAsync();
        await loopback.Connection.Output.CompleteAsync(new InvalidOperationException("mine"));
        await AssertEnded(loopback, PipeShutdownKind.WriteException);
        await Assert.ThrowsAsync<InvalidOperationException>(() => loopback.Connection.Input.ReadAsync().Soon());
    }

    [Fact]
    public async Task CompleteInput_WhileReceiving_EndsTheConnection()
    {
        using var loopback = await Loopback.CreateAsync();
        await loopback.Connection.Input.CompleteAsync();
        await AssertEnded(loopback, PipeShutdownKind.InputReaderCompleted);
        Assert.Equal(0, await Bytes.ReceiveAsync(loopback.Peer).Soon());
    }

    [Fact]
    public async Task CompleteInput_WhileBackPressureHoldsTheReceiver_EndsTheConnection()
    {
        using var loopback = await Loopback.CreateAsync(receive: new(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        await loopback.Peer.SendAsync(new byte[100]);
        await loopback.Connection.Input.ReadAtLeastAsync(100).Soon();
        await loopback.Connection.Input.CompleteAsync();
        await AssertEnded(loopback, PipeShutdownKind.InputReaderCompleted);
    }

    [Fact]
    public async Task PeerHalfCloses_AfterBytes_InputEndsAfterThem()
    {
        using var loopback = await Loopback.CreateAsync();
        var bytes = new byte[100_000];
        Bytes.Fill(bytes, 0);
        await loopback.Peer.SendAsync(bytes).Soon();
        loopback.Peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(bytes.Length, await Bytes.ReadAsync(loopback.Connection.Input, seed: 1).Soon());
        await AssertEnded(loopback, PipeShutdownKind.ReadEndOfStream);
        Assert.True((await loopback.Connection.Output.WriteAsync(new byte[1]).Soon()).IsCompleted);
    }

    [Fact]
    public async Task PeerHalfCloses_WhileItReadsNothing_EndsTheStalledSend()
    {
        using var loopback = await Loopback.CreateAsync(kernelBuffer: 8192);
        var writing = WriteUntilCompletedAsync(loopback.Connection.Output);
        loopback.Peer.Shutdown(SocketShutdown.Send);
        await writing.Soon();
        await AssertEnded(loopback, PipeShutdownKind.ReadEndOfStream);
    }

    [Fact]
    public async Task PeerResets_WhileReading_BothEndsThrowConnectionReset()
    {
        using var loopback = await Loopback.CreateAsync();
        var reading = loopback.Connection.Input.ReadAsync().AsTask();
        loopback.Peer.LingerState = new(true, 0);
        loopback.Peer.Close();

        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.Soon());
        await AssertEnded(loopback, PipeShutdownKind.ReadSocketError, SocketError.ConnectionReset);
        await Assert.ThrowsAsync<ConnectionResetException>(() => loopback.Connection.Output.WriteAsync(new byte[1]).Soon());
    }

    [Fact]
    public async Task PeerResets_WhileBackPressureHoldsTheReceiver_TheWriterLearnsOfIt()
    {
        using var loopback = await Loopback.CreateAsync(receive: new(pauseWriterThreshold: 10, resumeWriterThreshold: 5));
        await loopback.Peer.SendAsync(new byte[100]);
        await loopback.Connection.Input.ReadAtLeastAsync(100).Soon();
        loopback.Peer.LingerState = new(true, 0);
        loopback.Peer.Close();

        await Assert.ThrowsAsync<ConnectionResetException>(() => WriteUntilCompletedAsync(loopback.Connection.Output).Soon());
        await loopback.Connection.Completion.Soon();
        Assert.Equal(PipeShutdownKind.WriteSocketError, loopback.Connection.ShutdownKind);
        Assert.NotEqual(SocketError.Success, loopback.Connection.SocketError);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dispose_WhileReadingAndStalled_EndsBoth(bool socketUnderneath)
    {
        using var loopback = await Loopback.CreateAsync(kernelBuffer: 8192);
        var reading = loopback.Connection.Input.ReadAsync().AsTask();
        var writing = WriteUntilCompletedAsync(loopback.Connection.Output);
        Assert.True(await writing.Stalls());

        if (socketUnderneath) loopback.Socket.Dispose();
        else loopback.Connection.Dispose();

        Assert.True((await reading.Soon()).IsCompleted);
        await writing.Soon();
        await loopback.Connection.Completion.Soon();
        Assert.Contains(loopback.Connection.ShutdownKind, socketUnderneath
            ? [PipeShutdownKind.ReadDisposed, PipeShutdownKind.WriteDisposed]
            : new[] { PipeShutdownKind.PipeDisposed });
        Assert.Equal(SocketError.Success, loopback.Connection.SocketError);
    }

    // Four at once, so that now and then a connection is disposed just as it starts to receive.
    [Fact]
    public async Task Dispose_AfterBytesWereSent_ThePeerStillGetsThemAndNoReset() =>
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 250; i++)
            {
                using var loopback = await Loopback.CreateAsync();
                await Bytes.WriteAsync(loopback.Connection.Output, 5_000, seed: i).Soon();
                Assert.True(SpinWait.SpinUntil(() => loopback.Connection.BytesSent == 5_000, TimeSpan.FromSeconds(30)));
                loopback.Connection.Dispose();
                Assert.Equal(5_000, await Bytes.ReceiveAsync(loopback.Peer).Soon());
            }
        })));

    [Fact]
    public async Task EndedFromAllSidesAtOnce_ManyTimes_AlwaysEnds()
    {
        for (var i = 0; i < 200; i++)
        {
            using var loopback = await Loopback.CreateAsync();
            var connection = loopback.Connection;
            await connection.Output.WriteAsync(new byte[10]);
            await Task.WhenAll(
                Task.Run(connection.Dispose),
                Task.Run(() => connection.Input.Complete()),
                Task.Run(() => connection.Output.Complete()),
                Task.Run(loopback.Peer.Dispose)).Soon();
            await connection.Completion.Soon();
            Assert.NotEqual(PipeShutdownKind.None, connection.ShutdownKind);
        }
    }

    private static async Task WriteUntilCompletedAsync(PipeWriter writer)
    {
        var chunk = new byte[4096];
        while (!(await writer.WriteAsync(chunk)).IsCompleted)
        {
        }
    }

    private static async Task AssertEnded(Loopback loopback, PipeShutdownKind kind, SocketError error = SocketError.Success)
    {
        await loopback.Connection.Completion.Soon();
        Assert.Equal((kind, error), (loopback.Connection.ShutdownKind, loopback.Connection.SocketError));
        Assert.Throws<ObjectDisposedException>(() => loopback.Socket.Available);
        Assert.Equal(0, loopback.Connection.GetCounters().BytesAvailableOnSocket);
    }
}

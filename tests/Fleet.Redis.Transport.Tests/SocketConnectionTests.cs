using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

public class SocketConnectionTests
{
    private const int Count = 8_000_000;

    public static TheoryData<int, PipeOptions> Chunkings() => new()
    {
        { 1, PipeOptions.Default },
        { 2, new(minimumSegmentSize: 16) },
        { 3, new(minimumSegmentSize: 200, pauseWriterThreshold: 1_000, resumeWriterThreshold: 500) },
        { 4, new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false) },
        { 5, new(pauseWriterThreshold: 0) },
    };

    [Theory]
    [MemberData(nameof(Chunkings))]
    public async Task BothWaysAtOnce_RandomChunks_ArriveAsSent(int seed, PipeOptions options)
    {
        var (client, server) = await Loopback.SocketsAsync();
        using var a = SocketConnection.Create(client, options, options, SocketConnectionOptions.None, "a");
        using var b = SocketConnection.Create(server, options, options, SocketConnectionOptions.None, "b");

        var writing = Task.WhenAll(Bytes.WriteAsync(a.Output, Count, seed), Bytes.WriteAsync(b.Output, Count, seed + 1000));
        var reading = Task.WhenAll(Bytes.ReadAsync(b.Input, seed, Count), Bytes.ReadAsync(a.Input, seed, Count));
        await writing.Soon();
        Assert.All(await reading.Soon(), read => Assert.Equal(Count, read));

        Assert.Equal((Count, Count), (a.BytesSent, a.BytesRead));
        Assert.Equal((Count, Count), (b.BytesSent, b.BytesRead));
        Assert.Equal(default, (a.GetCounters().BytesWaitingToBeRead, a.GetCounters().BytesWaitingToBeSent));
        Assert.Equal(0, a.GetCounters().BytesAvailableOnSocket);
        Assert.Equal(PipeShutdownKind.None, a.ShutdownKind);
    }

    [Fact]
    public async Task Send_MemoryWithoutArrays_ArrivesAsSent()
    {
        using var loopback = await Loopback.CreateAsync(send: new(new NativeMemoryPool(), minimumSegmentSize: 1_000));
        var receiving = Bytes.ReceiveAsync(loopback.Peer, 1_000_000);
        await Bytes.WriteAsync(loopback.Connection.Output, 1_000_000, seed: 6).Soon();
        Assert.Equal(1_000_000, await receiving.Soon());
    }

    [Fact]
    public async Task GetCounters_UnreadInput_SaysHowMuch()
    {
        using var loopback = await Loopback.CreateAsync();
        await loopback.Peer.SendAsync("0123456789"u8.ToArray());
        var read = await loopback.Connection.Input.ReadAtLeastAsync(10).Soon();

        Assert.Equal(10, loopback.Connection.GetCounters().BytesWaitingToBeRead);
        loopback.Connection.Input.AdvanceTo(read.Buffer.GetPosition(4));
        Assert.Equal(6, loopback.Connection.GetCounters().BytesWaitingToBeRead);
        Assert.Equal(10, ((IMeasuredDuplexPipe)loopback.Connection).TotalBytesReceived);
        Assert.InRange(loopback.Connection.LastReceived, 1, 10);
    }

    [Fact]
    public async Task Read_Cancelled_LeavesTheConnectionUsable()
    {
        using var loopback = await Loopback.CreateAsync();
        using var cancellation = new CancellationTokenSource();
        var input = loopback.Connection.Input;

        var reading = input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.Soon());

        reading = input.ReadAsync(CancellationToken.None).AsTask();
        input.CancelPendingRead();
        var cancelled = await reading.Soon();
        Assert.True(cancelled.IsCanceled);
        input.AdvanceTo(cancelled.Buffer.Start);

        await loopback.Peer.SendAsync("still here"u8.ToArray());
        var read = await input.ReadAtLeastAsync(10).Soon();
        Assert.Equal("still here", Encoding.ASCII.GetString(read.Buffer.ToArray()));
    }

    [Fact]
    public async Task Create_NameAndOptions_AreOptional()
    {
        using var loopback = await Loopback.CreateAsync();
        Assert.Equal("test", loopback.Connection.ToString());
        Assert.True(loopback.Socket.NoDelay);
        using var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        SocketConnection.SetRecommendedClientOptions(unix);
        SocketConnection.AssertDependencies();
    }

    [Fact]
    public async Task TrySetProtocolShutdown_BeforeTheEnd_IsTheReason()
    {
        using var loopback = await Loopback.CreateAsync();
        Assert.False(loopback.Connection.TrySetProtocolShutdown(PipeShutdownKind.ReadEndOfStream));
        Assert.True(loopback.Connection.TrySetProtocolShutdown(PipeShutdownKind.ProtocolExitClient));
        Assert.False(loopback.Connection.TrySetProtocolShutdown(PipeShutdownKind.ProtocolExitClient));

        loopback.Peer.Shutdown(SocketShutdown.Both);
        await loopback.Connection.Completion.Soon();
        Assert.Equal(PipeShutdownKind.ProtocolExitClient, loopback.Connection.ShutdownKind);
    }
}

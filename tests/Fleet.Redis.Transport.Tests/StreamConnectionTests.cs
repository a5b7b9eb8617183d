using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

public class StreamConnectionTests
{
    private const int Count = 4_000_000;

    [Theory]
    [InlineData(1, 8192)]
    [InlineData(2, 64)]
    public async Task GetDuplex_TlsBothWaysAtOnce_ArrivesAsSent(int seed, int segment)
    {
        var options = new PipeOptions(minimumSegmentSize: segment);
        var (client, server) = await TlsAsync();
        var a = StreamConnection.GetDuplex(client, options, options, "a");
        var b = StreamConnection.GetDuplex(server, options, options, "b");

        var writing = Task.WhenAll(Bytes.WriteAsync(a.Output, Count, seed), Bytes.WriteAsync(b.Output, Count, seed + 1000));
        var reading = Task.WhenAll(Bytes.ReadAsync(b.Input, seed, Count), Bytes.ReadAsync(a.Input, seed, Count));
        await writing.Soon();
        Assert.All(await reading.Soon(), read => Assert.Equal(Count, read));
        var measured = Assert.IsType<IMeasuredDuplexPipe>(a, exactMatch: false);
        Assert.Equal((Count, Count), (measured.TotalBytesSent, measured.TotalBytesReceived));
        Assert.Equal("a", a.ToString());

        await EndsWhenDisposedAsync(a);
        await ((StreamDuplex)b).Completion.Soon();
    }

    [Fact]
    public async Task GetDuplex_OutputCompleted_PeerGetsEverything()
    {
        var (client, server) = await TlsAsync();
        var a = (StreamDuplex)StreamConnection.GetDuplex(client, null, null, null);
        using var b = (StreamDuplex)StreamConnection.GetDuplex(server, null, null, null);
        var reading = Bytes.ReadAsync(b.Input, seed: 1, Count);
        await Bytes.WriteAsync(a.Output, Count, seed: 1).Soon();
        await a.Output.CompleteAsync();
        Assert.Equal(Count, await reading.Soon());
        await a.Completion.Soon();
        Assert.Equal(PipeShutdownKind.OutputWriterCompleted, a.ShutdownKind);
        await b.Completion.Soon();
    }

    [Fact]
    public async Task GetDuplex_PeerResets_ThrowsConnectionReset()
    {
        var (socket, peer) = await Loopback.SocketsAsync();
        var a = (StreamDuplex)StreamConnection.GetDuplex(new NetworkStream(socket, ownsSocket: true), null, null, null);
        var reading = a.Input.ReadAsync().AsTask();
        peer.LingerState = new(true, 0);
        peer.Close();
        await Assert.ThrowsAsync<ConnectionResetException>(() => reading.Soon());
        await a.Completion.Soon();
        Assert.Equal(PipeShutdownKind.ReadSocketError, a.ShutdownKind);
    }

    [Fact]
    public async Task GetDuplex_PeerEnds_InputEnds()
    {
        var (client, server) = await TlsAsync();
        var a = (StreamDuplex)StreamConnection.GetDuplex(client, null, null, null);
        await server.ShutdownAsync().Soon();
        Assert.True((await a.Input.ReadAsync().Soon()).IsCompleted);
        await a.Completion.Soon();
        Assert.Equal(PipeShutdownKind.ReadEndOfStream, a.ShutdownKind);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task GetDuplex_InputCompletedOverAnothersSocket_Ends()
    {
        var (socket, peer) = await Loopback.SocketsAsync();
        var a = (StreamDuplex)StreamConnection.GetDuplex(new NetworkStream(socket, ownsSocket: false), null, null, null);
        await a.Input.CompleteAsync();
        await a.Completion.Soon();
        Assert.Equal(PipeShutdownKind.InputReaderCompleted, a.ShutdownKind);
        Assert.True(socket.Connected);
        socket.Dispose();
        peer.Dispose();
    }

    [Fact]
    public async Task GetDuplex_PeerDoesNotRead_FlushStallsUntilDisposed()
    {
        var (client, server) = await TlsAsync(kernelBuffer: 16 * 1024);
        var a = (StreamDuplex)StreamConnection.GetDuplex(client, new(pauseWriterThreshold: 64 * 1024), null, null);
        var writing = WriteAsync(a.Output);
        Assert.True(await writing.Stalls());
        await EndsWhenDisposedAsync(a);
        Assert.InRange(await writing.Soon(), 1, 4_000);
        await server.DisposeAsync();

        static async Task<int> WriteAsync(PipeWriter writer)
        {
            var chunk = new byte[4096];
            for (var i = 1; ; i++)
            {
                if ((await writer.WriteAsync(chunk)).IsCompleted) return i;
            }
        }
    }

    [Fact]
    public async Task GetReader_FromStream_ReadsAllAndLeavesItOpen()
    {
        var bytes = new byte[100_000];
        Bytes.Fill(bytes, 0);
        using var stream = new MemoryStream(bytes);
        var reader = StreamConnection.GetReader(stream, new(minimumSegmentSize: 100), "name");
        Assert.Equal(bytes.Length, await Bytes.ReadAsync(reader, seed: 1));
        await reader.CompleteAsync();
        Assert.True(stream.CanRead);
        Assert.True((await StreamConnection.GetReader(stream, null, null).ReadAsync()).IsCompleted);
    }

    [Fact]
    public void GetDuplex_StreamThatOnlyReads_IsRefused()
    {
        using var stream = new MemoryStream([], writable: false);
        Assert.Throws<ArgumentException>(() => StreamConnection.GetDuplex(stream, null, null, null));
    }

    private static async Task EndsWhenDisposedAsync(IDuplexPipe pipe)
    {
        var duplex = (StreamDuplex)pipe;
        duplex.Dispose();
        await duplex.Completion.Soon();
        Assert.Equal(PipeShutdownKind.PipeDisposed, duplex.ShutdownKind);
    }

    private static async Task<(SslStream Client, SslStream Server)> TlsAsync(int? kernelBuffer = null)
    {
        using var certificate = SelfSigned.Create();
        var (client, server) = await Loopback.SocketsAsync(kernelBuffer);
        var a = new SslStream(new NetworkStream(client, ownsSocket: true));
        var b = new SslStream(new NetworkStream(server, ownsSocket: true));
        var hash = certificate.GetCertHashString();
        await Task.WhenAll(
            a.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == hash,
            }),
            b.AuthenticateAsServerAsync(certificate)).Soon();
        return (a, b);
    }
}

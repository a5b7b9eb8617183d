using System.Net;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

public class SocketAwaitableEventArgsTests
{
    [Fact]
    public async Task Await_Connect_Connects()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var args = new SocketAwaitableEventArgs(null) { RemoteEndPoint = listener.LocalEndpoint };
        if (!socket.ConnectAsync(args)) args.Complete();
        await AwaitAsync(args).Soon();
        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task Await_NobodyListens_ThrowsTheSocketsError()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var nobody = listener.LocalEndpoint;
        listener.Stop();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var args = new SocketAwaitableEventArgs(null) { RemoteEndPoint = nobody };
        if (!socket.ConnectAsync(args)) args.Complete();
        var e = await Assert.ThrowsAsync<SocketException>(() => AwaitAsync(args).Soon());
        Assert.Equal(SocketError.ConnectionRefused, e.SocketErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_BeforeOrDuringTheAwait_ThrowsItsError(bool before)
    {
        using var args = new SocketAwaitableEventArgs(null);
        if (before) args.Abort(SocketError.TimedOut);
        var waiting = AwaitAsync(args);
        if (!before) args.Abort(SocketError.TimedOut);
        args.Complete();
        var e = await Assert.ThrowsAsync<SocketException>(() => waiting.Soon());
        Assert.Equal(SocketError.TimedOut, e.SocketErrorCode);
    }

    [Fact]
    public async Task Abort_AfterSuccess_ChangesNothing()
    {
        using var args = new SocketAwaitableEventArgs(null);
        args.Complete();
        args.Abort(SocketError.TimedOut);
        Assert.True(args.IsCompleted);
        Assert.Equal(0, await AwaitAsync(args).Soon());
    }

    [Fact]
    public async Task Await_ManyTimes_EachHasItsOutcome()
    {
        var (client, server) = await Loopback.SocketsAsync();
        using var scheduler = new DedicatedThreadPoolPipeScheduler("mine", 1, 10, ThreadPriority.Normal);
        using var args = new SocketAwaitableEventArgs(scheduler);
        args.SetBuffer(new byte[100]);
        for (var i = 1; i <= 100; i++)
        {
            var receiving = ReceiveAsync(client, args);
            await server.SendAsync(new byte[i]);
            Assert.Equal(i, await receiving.Soon());
        }
        client.Dispose();
        server.Dispose();
    }

    private static async Task<int> ReceiveAsync(Socket socket, SocketAwaitableEventArgs args)
    {
        if (!socket.ReceiveAsync(args)) args.Complete();
        return await args;
    }

    private static async Task<int> AwaitAsync(SocketAwaitableEventArgs args) => await args;
}

using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

/// <summary>A connection over loopback, and the plain socket at its other end.</summary>
internal sealed class Loopback : IDisposable
{
    private Loopback(Socket socket, Socket peer, SocketConnection connection)
    {
        Socket = socket;
        Peer = peer;
        Connection = connection;
    }

    public Socket Socket { get; }

    public Socket Peer { get; }

    public SocketConnection Connection { get; }

    public static async Task<Loopback> CreateAsync(PipeOptions? send = null, PipeOptions? receive = null, int? kernelBuffer = null)
    {
        var (socket, peer) = await SocketsAsync(kernelBuffer);
        return new(socket, peer, SocketConnection.Create(socket, send, receive, SocketConnectionOptions.None, "test"));
    }

    public static async Task<(Socket Client, Socket Server)> SocketsAsync(int? kernelBuffer = null)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (kernelBuffer is { } size) listener.ReceiveBufferSize = size;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (kernelBuffer is { } own) client.SendBufferSize = client.ReceiveBufferSize = own;
        SocketConnection.SetRecommendedClientOptions(client);
        var connecting = client.ConnectAsync(listener.LocalEndPoint!);
        var server = await listener.AcceptAsync().Soon();
        await connecting.Soon();
        return (client, server);
    }

    public void Dispose()
    {
        Connection.Dispose();
        Peer.Dispose();
    }
}

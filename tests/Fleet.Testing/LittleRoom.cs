using System.Net.Sockets;

namespace Fleet.Testing;

/// <summary>Connections that have room for little that has not been read, so that who does not read is soon felt.</summary>
public static class LittleRoom
{
    private const int Bytes = 4096;

    /// <summary>A handler whose connections are such.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = Bytes };
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}

using System.Net;
using System.Net.Sockets;

namespace Fleet.Faults.Proxy;

/// <summary>One connection through a link: bytes both ways, as long as the link lets them.</summary>
internal sealed class LinkConnection(Socket client, IPEndPoint redis, LinkMode mode, Action<LinkConnection> ended) : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private volatile LinkMode _mode = mode;

    /// <summary>How the link behaves; what was read and not yet handed on is treated by the mode of the moment.</summary>
    public LinkMode Mode
    {
        set => _mode = value;
    }

    /// <summary>Begins to carry.</summary>
    public void Begin() => _ = CarryAsync();

    /// <summary>Breaks it off, as a firewall does: with a reset, and without what is still on its way.</summary>
    public void Reset()
    {
        Reset(client);
        Reset(_server);
    }

    public void Dispose()
    {
        client.Dispose();
        _server.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            // Without lingering a close is a reset.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is over already.
        }

        socket.Dispose();
    }

    private async Task CarryAsync()
    {
        try
        {
            client.NoDelay = true;
            // In a blackhole nobody answers the call either, yet it was taken.
            if (_mode != LinkMode.Blackhole) await _server.ConnectAsync(redis);
            var toServer = PumpAsync(client, _server, LinkMode.Pass, LinkMode.Deaf);
            if (_server.Connected) await await Task.WhenAny(toServer, PumpAsync(_server, client, LinkMode.Pass));
            else await toServer;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One of the two is gone, and so the other learns of it.
        }
        finally
        {
            Dispose();
            ended(this);
        }
    }

    /// <summary>Hands on what comes while the link is in one of these modes, and swallows it otherwise.</summary>
    private async Task PumpAsync(Socket from, Socket to, params LinkMode[] heard)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            var count = await from.ReceiveAsync(buffer.AsMemory());
            if (count == 0) return;
            if (!heard.Contains(_mode)) continue;
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }
    }
}

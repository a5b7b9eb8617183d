using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Testing;

/// <summary>What a <see cref="CuttableProxy"/> does with what it is given.</summary>
public enum WireState
{
    /// <summary>It passes on what comes, either way.</summary>
    Whole,

    /// <summary>It closes every connection, also those that are made anew.</summary>
    Cut,

    /// <summary>It takes connections and bytes and passes nothing on, as a network that drops packets; a connection caught by that never works again.</summary>
    Swallowing,
}

/// <summary>A way to a server of its own, which can be cut, or swallow whatever is sent.</summary>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _server;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly Task _accepting;
    private volatile WireState _wire;

    /// <summary>Listens, in front of a server at "host:port".</summary>
    public CuttableProxy(string server)
    {
        _server = IPEndPoint.Parse(server);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, "host:port".</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Changes what it does, for connections that are and those to come.</summary>
    public void Become(WireState wire)
    {
        _wire = wire;
        if (wire == WireState.Cut) CloseAll();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        CloseAll();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await _listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            _open[client] = true;
            if (_wire == WireState.Cut) Close(client);
            else _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        _open[server] = true;
        var caught = new Caught();
        try
        {
            await server.ConnectAsync(_server);
            await Task.WhenAny(PumpAsync(client, server, caught), PumpAsync(server, client, caught));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side has gone; so does the other.
        }

        Close(server);
        Close(client);
    }

    private async Task PumpAsync(Socket from, Socket to, Caught caught)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer);
            if (_wire == WireState.Swallowing) caught.Is = true;
            if (read == 0) return;
            if (caught.Is) continue;
            for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
        }
    }

    private void CloseAll()
    {
        foreach (var socket in _open.Keys) Close(socket);
    }

    private void Close(Socket socket)
    {
        if (_open.TryRemove(socket, out _)) socket.Dispose();
    }

    private sealed class Caught
    {
        public volatile bool Is;
    }
}

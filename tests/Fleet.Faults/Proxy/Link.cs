using System.Net;
using System.Net.Sockets;

namespace Fleet.Faults.Proxy;

/// <summary>The way of one process to Redis: a TCP proxy on a loopback port of its own that can be broken in several ways, and mended.</summary>
internal sealed class Link : IAsyncDisposable
{
    private readonly IPEndPoint _listensOn;
    private readonly IPEndPoint _redis;
    private readonly Lock _gate = new();
    private readonly HashSet<LinkConnection> _connections = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private LinkMode _mode;

    /// <summary>Begins to listen.</summary>
    /// <param name="port">The loopback port that the process connects to.</param>
    /// <param name="redisPort">The loopback port of Redis.</param>
    public Link(int port, int redisPort)
    {
        _listensOn = new IPEndPoint(IPAddress.Loopback, port);
        _redis = new IPEndPoint(IPAddress.Loopback, redisPort);
        Listen();
    }

    /// <summary>The port that the process connects to.</summary>
    public int Port => _listensOn.Port;

    /// <summary>How it behaves.</summary>
    public LinkMode Mode
    {
        get
        {
            lock (_gate) return _mode;
        }
    }

    /// <summary>How many connections go through it.</summary>
    public int Connections
    {
        get
        {
            lock (_gate) return _connections.Count;
        }
    }

    /// <summary>Breaks it in a way, or mends it.</summary>
    public void Set(LinkMode mode)
    {
        lock (_gate)
        {
            if (_mode == mode) return;
            var before = _mode;
            _mode = mode;
            // A connection from which bytes were swallowed cannot go on: what came next would be taken for their continuation.
            if (before != LinkMode.Pass || mode == LinkMode.Cut) ResetAll();
            foreach (var connection in _connections) connection.Mode = mode;
            if (mode == LinkMode.Cut) StopListening();
            else if (_listener is null) Listen();
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _mode = LinkMode.Cut;
            ResetAll();
            StopListening();
        }

        await _accepting;
    }

    private void ResetAll()
    {
        foreach (var connection in _connections) connection.Reset();
        _connections.Clear();
    }

    private void Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // The same port again at once, though connections of its last life may linger.
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(_listensOn);
        listener.Listen(64);
        _listener = listener;
        _accepting = AcceptAsync(listener, _accepting);
    }

    private void StopListening()
    {
        _listener?.Dispose();
        _listener = null;
    }

    private async Task AcceptAsync(Socket listener, Task before)
    {
        await before;
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // Cut: nobody listens any more.
                return;
            }

            lock (_gate)
            {
                var connection = new LinkConnection(accepted, _redis, _mode, Forget);
                if (_mode == LinkMode.Cut)
                {
                    connection.Reset();
                    continue;
                }

                _connections.Add(connection);
                connection.Begin();
            }
        }
    }

    private void Forget(LinkConnection connection)
    {
        lock (_gate) _connections.Remove(connection);
    }
}

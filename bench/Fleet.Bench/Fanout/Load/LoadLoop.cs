using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Fanout.Load;

/// <summary>The one thread that reads all connections of the load, and shows the servers now and then that they live.</summary>
internal sealed class LoadLoop : IDisposable
{
    /// <summary>How many connections one source address has at most, of the 28,000 ports that Linux gives it.</summary>
    private const int ConnectionsPerAddress = 10_000;

    private const int LongestWait = 20;
    private const int BufferBytes = 256 * 1024;

    /// <summary>How often a connection shows life. Servers give up on one after 30 seconds.</summary>
    private static readonly TimeSpan LifeInterval = TimeSpan.FromSeconds(10);

    private readonly Epoll _epoll = new();
    private readonly LoadConnection?[] _connections;
    private readonly ConcurrentQueue<PacedReader> _toPace = new();
    private readonly List<PacedReader> _paced = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferBytes, pinned: true);
    private readonly Thread _thread;
    private LoadStats _stats = new();
    private int _count;
    private volatile bool _over;

    public LoadLoop(int capacity)
    {
        _connections = new LoadConnection?[capacity];
        _thread = new Thread(Run) { Name = "load", IsBackground = true };
        _thread.Start();
    }

    /// <summary>What was counted since the last <see cref="Reset"/>.</summary>
    public LoadStats Stats => Volatile.Read(ref _stats);

    /// <summary>Begins to count anew. Nothing may be under way.</summary>
    public void Reset() => Volatile.Write(ref _stats, new LoadStats());

    /// <summary>Connects. The connection joins by itself; see <see cref="LoadConnection.Joined"/>.</summary>
    public LoadConnection Open(IPEndPoint server, Dialect dialect, byte[]? join, SendTimes times)
    {
        var number = Interlocked.Increment(ref _count) - 1;
        // The asynchronous calls would hand the socket to .NET's own epoll too. On loopback a connection stands at once.
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(1 + number / ConnectionsPerAddress)]), 0));
            socket.Connect(server);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var connection = new LoadConnection(number, socket, dialect, join, times);
        Volatile.Write(ref _connections[number], connection);
        connection.Begin();
        _epoll.Watch(connection.Handle, number);
        return connection;
    }

    /// <summary>From now on a connection reads no faster than this, or not at all where it is 0.</summary>
    public void Pace(LoadConnection connection, long bytesPerSecond)
    {
        connection.Counts = false;
        _epoll.Unwatch(connection.Handle);
        _toPace.Enqueue(new PacedReader(connection, bytesPerSecond));
    }

    public void Dispose()
    {
        _over = true;
        _thread.Join();
        foreach (var connection in _connections) connection?.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        var lifeShown = Stopwatch.GetTimestamp();
        var next = 0;
        while (!_over)
        {
            var ready = _epoll.Wait(LongestWait);
            for (var i = 0; i < ready; i++) Read(Volatile.Read(ref _connections[_epoll.Ready(i)])!);
            while (_toPace.TryDequeue(out var reader)) _paced.Add(reader);
            foreach (var reader in _paced) reader.Read(_buffer, _stats);
            ShowLife(ref lifeShown, ref next);
        }
    }

    private void Read(LoadConnection connection)
    {
        // One that was just told to read slowly may still stand in this round's list.
        if (connection.Phase == Phase.Closed || !connection.Counts) return;
        var count = Epoll.Receive(connection.Handle, _buffer);
        if (count >= 0) connection.Take(_buffer.AsSpan(0, count), Stopwatch.GetTimestamp(), _stats);
    }

    /// <summary>Lets as many show life as is their turn, so that not all do it at once.</summary>
    private void ShowLife(ref long shown, ref int next)
    {
        var count = Volatile.Read(ref _count);
        var turns = (int)(count * (Stopwatch.GetElapsedTime(shown) / LifeInterval));
        if (turns == 0) return;
        shown = Stopwatch.GetTimestamp();
        for (var i = 0; i < Math.Min(turns, count); i++)
        {
            if (next >= count) next = 0;
            Volatile.Read(ref _connections[next++])?.ShowLife();
        }
    }
}

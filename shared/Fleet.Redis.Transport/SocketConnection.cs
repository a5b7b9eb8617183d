using System.IO.Pipelines;
using System.Net.Sockets;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// A connected socket as a pair of pipes. It ends, with its socket, when the first of these happens: the peer ends its side
/// or breaks off, either pipe is completed here (the output's bytes are sent first), or it is disposed.
/// </summary>
public sealed partial class SocketConnection : IMeasuredDuplexPipe, IDisposable
{
    private readonly Socket _socket;
    private readonly PipedWire _wire;

    private SocketConnection(Socket socket, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name)
    {
        _socket = socket;
        _wire = new(new SocketWire(socket), sendPipeOptions, receivePipeOptions);
        Name = string.IsNullOrWhiteSpace(name) ? nameof(SocketConnection) : name;
    }

    /// <inheritdoc/>
    public PipeReader Input => _wire.Input;

    /// <inheritdoc/>
    public PipeWriter Output => _wire.Output;

    /// <summary>Bytes received so far.</summary>
    public long BytesRead => _wire.BytesReceived;

    /// <summary>Bytes sent so far.</summary>
    public long BytesSent => _wire.BytesSent;

    /// <summary>How many bytes the last successful receive brought; 0 before the first.</summary>
    public int LastReceived => _wire.LastReceived;

    /// <summary>What ended the connection.</summary>
    public PipeShutdownKind ShutdownKind => _wire.ShutdownKind;

    /// <summary>The socket's error, if that is what ended the connection.</summary>
    public SocketError SocketError => _wire.SocketError;

    long IMeasuredDuplexPipe.TotalBytesSent => BytesSent;

    long IMeasuredDuplexPipe.TotalBytesReceived => BytesRead;

    internal Task Completion => _wire.Completion;

    private string Name { get; }

    /// <summary>Makes pipes of a connected socket, which the connection then owns.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="sendPipeOptions">Options of the output; <see langword="null"/> for defaults.</param>
    /// <param name="receivePipeOptions">Options of the input; <see langword="null"/> for defaults.</param>
    /// <param name="connectionOptions">Not read; see <see cref="SocketConnectionOptions"/>.</param>
    /// <param name="name">What to call the connection.</param>
    /// <returns>The connection, its loops running.</returns>
    public static SocketConnection Create(
        Socket socket,
        PipeOptions? sendPipeOptions,
        PipeOptions? receivePipeOptions,
        SocketConnectionOptions connectionOptions,
        string? name)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _ = connectionOptions;
        return new(socket, sendPipeOptions, receivePipeOptions, name);
    }

    /// <summary>Checks that everything needed is there. It is: nothing but the runtime is needed.</summary>
    public static void AssertDependencies()
    {
    }

    /// <summary>Sets what a client of a request-and-reply protocol wants: no delay before small writes.</summary>
    /// <param name="socket">The socket.</param>
    public static void SetRecommendedClientOptions(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        // A Unix domain socket has no delay to turn off, and refuses.
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
    }

    /// <summary>Says that the protocol ended the connection, before its socket does.</summary>
    /// <param name="kind">How; a value from <see cref="PipeShutdownKind.ProtocolExitClient"/> on.</param>
    /// <returns>Whether this is now the reason: <see langword="false"/> if there was one, or the kind is not a protocol's.</returns>
    public bool TrySetProtocolShutdown(PipeShutdownKind kind) =>
        kind >= PipeShutdownKind.ProtocolExitClient && _wire.TrySetShutdownKind(kind);

    /// <summary>Counts what is under way.</summary>
    /// <returns>The counts of this moment.</returns>
    public Counters GetCounters() => new(AvailableOnSocket(), _wire.BytesWaitingToBeRead, _wire.BytesWaitingToBeSent);

    /// <summary>Ends the connection and disposes the socket; what was not sent is dropped.</summary>
    public void Dispose() => _wire.End(PipeShutdownKind.PipeDisposed);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private int AvailableOnSocket()
    {
        try
        {
            return _socket.Available;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nothing can be had from a socket that is gone.
            return 0;
        }
    }
}

namespace Pipelines.Sockets.Unofficial;

/// <summary>What ended a connection: the first thing that did.</summary>
/// <remarks>StackExchange.Redis has 100 and 400 compiled into it; the names of all appear in its messages.</remarks>
public enum PipeShutdownKind
{
    /// <summary>Nothing yet.</summary>
    None = 0,

    /// <summary>The connection was disposed.</summary>
    PipeDisposed = 1,

    /// <summary>The peer ended its side.</summary>
    ReadEndOfStream = 100,

    /// <summary>The socket was disposed under a read.</summary>
    ReadDisposed = 101,

    /// <summary>A read failed for a reason that is not the socket's.</summary>
    ReadException = 103,

    /// <summary>A read failed; see <see cref="SocketConnection.SocketError"/>.</summary>
    ReadSocketError = 104,

    /// <summary>The socket was disposed under a write.</summary>
    WriteDisposed = 201,

    /// <summary>A write failed for a reason that is not the socket's.</summary>
    WriteException = 203,

    /// <summary>A write failed; see <see cref="SocketConnection.SocketError"/>.</summary>
    WriteSocketError = 204,

    /// <summary>The input was completed by its reader, here.</summary>
    InputReaderCompleted = 300,

    /// <summary>The output was completed by its writer, here, and everything in it was sent.</summary>
    OutputWriterCompleted = 303,

    /// <summary>The client said goodbye in its protocol.</summary>
    ProtocolExitClient = 400,
}

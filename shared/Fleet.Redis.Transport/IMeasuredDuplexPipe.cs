using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A duplex pipe that counts.</summary>
public interface IMeasuredDuplexPipe : IDuplexPipe
{
    /// <summary>Bytes handed to the peer's side of the wire so far.</summary>
    long TotalBytesSent { get; }

    /// <summary>Bytes taken off the wire so far.</summary>
    long TotalBytesReceived { get; }
}

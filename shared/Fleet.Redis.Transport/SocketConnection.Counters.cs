using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Sockets.Unofficial;

public sealed partial class SocketConnection
{
    /// <summary>What was under way in a connection at some moment.</summary>
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public readonly struct Counters
    {
        internal Counters(long availableOnSocket, long waitingToBeRead, long waitingToBeSent)
        {
            BytesAvailableOnSocket = availableOnSocket;
            BytesWaitingToBeRead = waitingToBeRead;
            BytesWaitingToBeSent = waitingToBeSent;
        }

        /// <summary>Bytes that arrived and have not been received.</summary>
        public long BytesAvailableOnSocket { get; }

        /// <summary>Bytes received that the input's reader has not consumed.</summary>
        public long BytesWaitingToBeRead { get; }

        /// <summary>Bytes written to the output that have not been sent.</summary>
        public long BytesWaitingToBeSent { get; }
    }
}

using System.Buffers;

namespace Pipelines.Sockets.Unofficial;

/// <summary>What carries the bytes. One receive and one send may be under way at a time;
/// disposing ends them too.</summary>
internal interface IWire : IDisposable
{
    /// <summary>Takes bytes off the wire.</summary>
    /// <returns>How many; 0 if the peer ended its side.</returns>
    ValueTask<int> ReceiveAsync(Memory<byte> memory);

    /// <summary>Sends some of the bytes, from the first on, as many as go well at once.</summary>
    /// <returns>How many.</returns>
    ValueTask<int> SendAsync(ReadOnlySequence<byte> bytes);

    /// <summary>Tells the peer that nothing more will be sent.</summary>
    void EndSending();
}

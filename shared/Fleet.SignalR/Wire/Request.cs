using Fleet.SignalR.Connections;

namespace Fleet.SignalR.Wire;

/// <summary>What is asked of the server that has a connection. The numbers are part of the format.</summary>
internal enum Operation : byte
{
    /// <summary>Add it to the group <see cref="Request.Subject"/>.</summary>
    Join = 1,

    /// <summary>Remove it from the group <see cref="Request.Subject"/>.</summary>
    Leave = 2,

    /// <summary>Call its client; the result belongs to the invocation <see cref="Request.Subject"/>.</summary>
    Invoke = 3,
}

/// <summary>Something that the server which has a connection shall do for it, and answer for.</summary>
/// <param name="Server">Who asks.</param>
/// <param name="Number">The asking server's number for it.</param>
/// <param name="Operation">What shall be done.</param>
/// <param name="Connection">The connection.</param>
/// <param name="Subject">The group, or the invocation.</param>
/// <param name="Payload">What the client is called with; empty for groups.</param>
internal sealed record Request(string Server, long Number, Operation Operation, string Connection, string Subject, HubPayload Payload)
{
    public ReadOnlyMemory<byte> Write() => new EnvelopeWriter(EnvelopeKind.Request, Payload.Bytes + 256)
        .Text(Server).Number(Number).Byte((byte)Operation).Text(Connection).Text(Subject).Payload(Payload).Bytes;

    public static Request Read(ref EnvelopeReader reader)
    {
        var request = new Request(reader.Text(), reader.Number(), (Operation)reader.Byte(), reader.Text(), reader.Text(), reader.Payload());
        if (!Enum.IsDefined(request.Operation)) throw new InvalidDataException($"There is no operation {(byte)request.Operation}.");
        reader.End();
        return request;
    }
}

using Fleet.SignalR.Connections;

namespace Fleet.SignalR.Wire;

/// <summary>A hub message for everyone who watches the channel that it comes on.</summary>
/// <param name="Payload">The message.</param>
/// <param name="Excluded">The connections that do not get it.</param>
internal readonly record struct Delivery(HubPayload Payload, IReadOnlyCollection<string> Excluded)
{
    public ReadOnlyMemory<byte> Write() => new EnvelopeWriter(EnvelopeKind.Delivery, Payload.Bytes + 64).Texts(Excluded).Payload(Payload).Bytes;

    public static Delivery Read(ref EnvelopeReader reader)
    {
        var excluded = reader.Texts();
        var delivery = new Delivery(reader.Payload(), excluded);
        reader.End();
        return delivery;
    }
}

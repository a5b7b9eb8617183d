using Fleet.SignalR.Connections;

namespace Fleet.SignalR.Wire;

/// <summary>A hub message for connections that are named, wherever they are.</summary>
/// <param name="Server">Who sends it.</param>
/// <param name="Recipients">The connections.</param>
/// <param name="Payload">The message.</param>
internal sealed record Letter(string Server, IReadOnlyCollection<Recipient> Recipients, HubPayload Payload)
{
    public ReadOnlyMemory<byte> Write()
    {
        var writer = new EnvelopeWriter(EnvelopeKind.Letter, Payload.Bytes + 128).Text(Server).Number(Recipients.Count);
        foreach (var recipient in Recipients) writer.Text(recipient.Connection).Number(recipient.Number);
        return writer.Payload(Payload).Bytes;
    }

    public static Letter Read(ref EnvelopeReader reader)
    {
        var server = reader.Text();
        var recipients = new Recipient[reader.Count()];
        for (var i = 0; i < recipients.Length; i++) recipients[i] = new Recipient(reader.Text(), reader.Number());
        var letter = new Letter(server, recipients, reader.Payload());
        reader.End();
        return letter;
    }
}

/// <summary>A connection that a letter is for.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="Number">What the server that has it shall answer with; 0 where the sender knows that server.</param>
internal readonly record struct Recipient(string Connection, long Number);

namespace Fleet.SignalR.Wire;

/// <summary>A letter that went to all servers has reached the one that has the connection.</summary>
/// <param name="Server">Who has it.</param>
/// <param name="Number">The number that stood beside the connection.</param>
/// <param name="Connection">The connection.</param>
internal readonly record struct Receipt(string Server, long Number, string Connection)
{
    public ReadOnlyMemory<byte> Write() => new EnvelopeWriter(EnvelopeKind.Receipt, 128).Text(Server).Number(Number).Text(Connection).Bytes;

    public static Receipt Read(ref EnvelopeReader reader)
    {
        var receipt = new Receipt(reader.Text(), reader.Number(), reader.Text());
        reader.End();
        return receipt;
    }
}

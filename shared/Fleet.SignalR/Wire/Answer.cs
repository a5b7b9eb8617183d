namespace Fleet.SignalR.Wire;

/// <summary>What a server says to a request.</summary>
/// <param name="Server">Who says it.</param>
/// <param name="Number">The number of what was asked.</param>
/// <param name="Connection">The connection that it was about.</param>
/// <param name="Has">Whether the server has that connection, and has done what was asked.</param>
internal readonly record struct Answer(string Server, long Number, string Connection, bool Has)
{
    public ReadOnlyMemory<byte> Write() => new EnvelopeWriter(EnvelopeKind.Answer, 128)
        .Text(Server).Number(Number).Text(Connection).Byte(Has ? (byte)1 : (byte)0).Bytes;

    public static Answer Read(ref EnvelopeReader reader)
    {
        var answer = new Answer(reader.Text(), reader.Number(), reader.Text(), reader.Byte() != 0);
        reader.End();
        return answer;
    }
}

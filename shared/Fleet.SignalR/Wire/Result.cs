namespace Fleet.SignalR.Wire;

/// <summary>What a client returned to a call from another server, or why nothing will come.</summary>
/// <param name="Invocation">The invocation.</param>
/// <param name="Lost">Why nothing will come; empty where something has.</param>
/// <param name="Protocol">The client's protocol.</param>
/// <param name="Completion">The completion, as the client's protocol writes it.</param>
internal sealed record Result(string Invocation, string Lost, string Protocol, ReadOnlyMemory<byte> Completion)
{
    public ReadOnlyMemory<byte> Write() => new EnvelopeWriter(EnvelopeKind.Result, Completion.Length + 128)
        .Text(Invocation).Text(Lost).Text(Protocol).Data(Completion.Span).Bytes;

    public static Result Read(ref EnvelopeReader reader)
    {
        var result = new Result(reader.Text(), reader.Text(), reader.Text(), reader.Data());
        reader.End();
        return result;
    }
}

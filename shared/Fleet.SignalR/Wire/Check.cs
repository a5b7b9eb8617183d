namespace Fleet.SignalR.Wire;

/// <summary>
/// About invocations whose results a server waits for: as a <see cref="EnvelopeKind.Check"/> it asks whether they are known, as
/// <see cref="EnvelopeKind.Checked"/> it says which are not, as <see cref="EnvelopeKind.Forget"/> that nobody waits any longer.
/// </summary>
/// <param name="Server">Who says it.</param>
/// <param name="Invocations">The invocations.</param>
internal readonly record struct Check(string Server, IReadOnlyCollection<string> Invocations)
{
    public ReadOnlyMemory<byte> Write(EnvelopeKind kind) => new EnvelopeWriter(kind).Text(Server).Texts(Invocations).Bytes;

    public static Check Read(ref EnvelopeReader reader)
    {
        var check = new Check(reader.Text(), reader.Texts());
        reader.End();
        return check;
    }
}

using System.Text;
using Fleet.SignalR.Connections;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Wire;

/// <summary>Reads what <see cref="EnvelopeWriter"/> writes, and refuses anything else. Bytes are not copied.</summary>
internal ref struct EnvelopeReader
{
    private const int LongestNumber = 9;

    private ReadOnlyMemory<byte> _rest;

    /// <exception cref="InvalidDataException">It is no message of this format.</exception>
    public EnvelopeReader(ReadOnlyMemory<byte> message)
    {
        if (message.Length < 3 || message.Span[0] != EnvelopeWriter.Mark) throw new InvalidDataException("It is not a message of the backplane.");
        if (message.Span[1] != EnvelopeWriter.Version)
        {
            throw new InvalidDataException(
                $"Its format's version is {message.Span[1]}; this server reads {EnvelopeWriter.Version}. Are there servers of another version?");
        }

        Kind = (EnvelopeKind)message.Span[2];
        _rest = message[3..];
    }

    public EnvelopeKind Kind { get; }

    public byte Byte() => Take(1).Span[0];

    public long Number()
    {
        ulong value = 0;
        for (var i = 0; i < LongestNumber; i++)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80) return (long)value;
        }

        throw new InvalidDataException("A number is too long.");
    }

    public ReadOnlyMemory<byte> Data() => Take(Number());

    public string Text() => Encoding.UTF8.GetString(Data().Span);

    public string[] Texts()
    {
        var texts = new string[Count()];
        for (var i = 0; i < texts.Length; i++) texts[i] = Text();
        return texts;
    }

    public HubPayload Payload()
    {
        var messages = new SerializedMessage[Count()];
        for (var i = 0; i < messages.Length; i++) messages[i] = new SerializedMessage(Protocol(), Data());
        return new HubPayload(messages);
    }

    /// <summary>That was all.</summary>
    /// <exception cref="InvalidDataException">There is more.</exception>
    public readonly void End()
    {
        if (!_rest.IsEmpty) throw new InvalidDataException($"There are {_rest.Length} bytes too many.");
    }

    /// <summary>How many things follow; each takes a byte at least.</summary>
    public int Count()
    {
        var count = Number();
        return count <= _rest.Length ? (int)count : throw new InvalidDataException("It ends too early.");
    }

    // The name of a protocol comes with every message, so it is not made anew each time.
    private string Protocol()
    {
        var name = Data().Span;
        return name.SequenceEqual("json"u8) ? "json" : name.SequenceEqual("messagepack"u8) ? "messagepack" : Encoding.UTF8.GetString(name);
    }

    private ReadOnlyMemory<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length) throw new InvalidDataException("It ends too early.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}

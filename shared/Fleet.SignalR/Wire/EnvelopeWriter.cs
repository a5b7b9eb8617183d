using System.Buffers;
using System.Text;
using Fleet.SignalR.Connections;

namespace Fleet.SignalR.Wire;

/// <summary>
/// Writes one message between servers: a mark, the format's version, the kind, then fields one after another. Numbers are
/// written seven bits a byte, texts and bytes with their length before them.
/// </summary>
internal sealed class EnvelopeWriter
{
    /// <summary>What every message starts with, so that anything else on the channel is told apart.</summary>
    internal const byte Mark = 0xFB;

    /// <summary>The format's version; a server does not read any other.</summary>
    internal const byte Version = 1;

    private readonly ArrayBufferWriter<byte> _bytes;

    public EnvelopeWriter(EnvelopeKind kind, int sizeHint = 256)
    {
        _bytes = new ArrayBufferWriter<byte>(sizeHint);
        _bytes.Write([Mark, Version, (byte)kind]);
    }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.WrittenMemory;

    public EnvelopeWriter Byte(byte value)
    {
        _bytes.Write([value]);
        return this;
    }

    public EnvelopeWriter Number(long value)
    {
        var rest = (ulong)value;
        var span = _bytes.GetSpan(10);
        var used = 0;
        for (; rest >= 0x80; rest >>= 7) span[used++] = (byte)(rest | 0x80);
        span[used++] = (byte)rest;
        _bytes.Advance(used);
        return this;
    }

    public EnvelopeWriter Data(ReadOnlySpan<byte> bytes)
    {
        Number(bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    public EnvelopeWriter Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        _bytes.Advance(Encoding.UTF8.GetBytes(text, _bytes.GetSpan(length)));
        return this;
    }

    public EnvelopeWriter Texts(IReadOnlyCollection<string> texts)
    {
        Number(texts.Count);
        foreach (var text in texts) Text(text);
        return this;
    }

    /// <summary>A hub message, once for each protocol.</summary>
    public EnvelopeWriter Payload(HubPayload payload)
    {
        Number(payload.Messages.Count);
        foreach (var message in payload.Messages) Text(message.ProtocolName).Data(message.Serialized.Span);
        return this;
    }
}

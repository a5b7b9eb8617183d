using System.Buffers.Binary;

namespace Fleet.Bench.Fanout.Wire;

/// <summary>
/// Reads a server's WebSocket frames from bytes that arrive in any pieces. Payload is handed on as it comes, so that a frame of
/// megabytes needs no buffer; only a header that was cut off is kept.
/// </summary>
internal struct FrameDecoder
{
    private const int LongestHeader = 10;

    // Up to ten bytes of a header that has not arrived in full.
    private ulong _early;
    private ushort _late;
    private int _held;
    private ulong _left;
    private bool _inFrame;
    private byte _first;

    /// <summary>Takes the next part off the front of the input; false when more has to arrive first.</summary>
    /// <exception cref="InvalidDataException">That is no frame a server may send.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> input, out FramePart part)
    {
        part = default;
        if (!_inFrame && !TryReadHeader(ref input)) return false;
        if (_left > 0 && input.IsEmpty) return false;

        var count = (int)Math.Min(_left, (ulong)input.Length);
        _left -= (ulong)count;
        _inFrame = _left > 0;
        part = new FramePart((Opcode)(_first & 0x0F), input[..count], !_inFrame, !_inFrame && (_first & 0x80) != 0);
        input = input[count..];
        return true;
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> input)
    {
        if (_held == 0)
        {
            if (TryParse(input, out var whole))
            {
                input = input[whole..];
                return true;
            }

            if (input.IsEmpty) return false;
        }

        Span<byte> header = stackalloc byte[LongestHeader];
        BinaryPrimitives.WriteUInt64LittleEndian(header, _early);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], _late);
        var taken = Math.Min(LongestHeader - _held, input.Length);
        input[..taken].CopyTo(header[_held..]);
        if (TryParse(header[..(_held + taken)], out var length))
        {
            input = input[(length - _held)..];
            _held = 0;
            return true;
        }

        _held += taken;
        _early = BinaryPrimitives.ReadUInt64LittleEndian(header);
        _late = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        input = [];
        return false;
    }

    private bool TryParse(ReadOnlySpan<byte> header, out int length)
    {
        length = 2;
        if (header.Length < length) return false;
        if ((header[0] & 0x70) != 0 || (header[1] & 0x80) != 0)
            throw new InvalidDataException("A frame is masked or has a reserved bit set, which a server's must not.");

        ulong payload = header[1];
        if (payload == 126)
        {
            length = 4;
            if (header.Length < length) return false;
            payload = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        }
        else if (payload == 127)
        {
            length = 10;
            if (header.Length < length) return false;
            payload = BinaryPrimitives.ReadUInt64BigEndian(header[2..]);
        }

        _first = header[0];
        _left = payload;
        _inFrame = true;
        return true;
    }
}

using System.Buffers;

namespace Fleet.Bench.Fanout.Wire;

/// <summary>
/// Cuts a stream of message parts into records: at each separator, or, where there is none, at each message's end. Only a record that
/// was cut off is copied, into a pooled buffer that is given back with the record.
/// </summary>
internal struct RecordSplitter(byte? separator)
{
    private byte[]? _held;
    private int _count;
    private bool _handed;

    /// <summary>Takes the next whole record off the front of a part; false when the part is used up. A record is valid until the next call.</summary>
    public bool TryTake(ref ReadOnlySpan<byte> part, bool endsMessage, out ReadOnlySpan<byte> record)
    {
        if (_handed) Release();
        record = default;
        var end = separator is { } cut ? part.IndexOf(cut) : endsMessage ? part.Length : -1;
        // At a message's end without a separator the empty rest is no other record.
        if (end < 0 || (separator is null && part.IsEmpty && _count == 0))
        {
            Hold(part);
            part = [];
            return false;
        }

        if (_held is null)
        {
            record = part[..end];
        }
        else
        {
            Hold(part[..end]);
            record = _held.AsSpan(0, _count);
            _handed = true;
        }

        part = part[Math.Min(end + 1, part.Length)..];
        return true;
    }

    /// <summary>Gives back what is held.</summary>
    public void Release()
    {
        if (_held is not null) ArrayPool<byte>.Shared.Return(_held);
        _held = null;
        _count = 0;
        _handed = false;
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        if (_held is null || _held.Length < _count + bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max((_count + bytes.Length) * 2, 256));
            _held.AsSpan(0, _count).CopyTo(larger);
            if (_held is not null) ArrayPool<byte>.Shared.Return(_held);
            _held = larger;
        }

        bytes.CopyTo(_held.AsSpan(_count));
        _count += bytes.Length;
    }
}

namespace Fleet.Bench.Fanout.Wire;

/// <summary>The numbers of a record: each follows a <c>"seq":</c>.</summary>
internal ref struct SequenceNumbers(ReadOnlySpan<byte> record)
{
    private ReadOnlySpan<byte> _rest = record;

    /// <summary>The next number; false when there is none.</summary>
    public bool TryNext(out long number)
    {
        number = 0;
        var at = _rest.IndexOf("\"seq\":"u8);
        if (at < 0) return false;
        var i = at + 6;
        for (; i < _rest.Length && _rest[i] is >= (byte)'0' and <= (byte)'9'; i++) number = number * 10 + (_rest[i] - '0');
        _rest = _rest[i..];
        return true;
    }
}

namespace Fleet.Bench.Fanout.Wire;

/// <summary>A part of a frame's payload: all of it, or what has arrived.</summary>
/// <param name="opcode">The frame's kind.</param>
/// <param name="bytes">The part.</param>
/// <param name="endsFrame">Whether the frame ends with it.</param>
/// <param name="endsMessage">Whether the message ends with it, which may have had several frames.</param>
internal readonly ref struct FramePart(Opcode opcode, ReadOnlySpan<byte> bytes, bool endsFrame, bool endsMessage)
{
    public Opcode Opcode { get; } = opcode;

    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public bool EndsFrame { get; } = endsFrame;

    public bool EndsMessage { get; } = endsMessage;

    public bool IsControl => Opcode >= Opcode.Close;
}

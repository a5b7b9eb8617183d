using System.Text;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Tests.Fanout;

/// <summary>WebSocket framing, by RFC 6455 and whatever pieces the network makes of it.</summary>
public sealed class FrameTests
{
    /// <summary>Around the lengths at which a frame's header grows.</summary>
    public static TheoryData<int> Lengths => [0, 1, 125, 126, 127, 65_535, 65_536, 200_000];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Decode_AFrameOfAnyLengthInOnePiece_HandsOnItsPayload(int length)
    {
        var payload = Payload(length);

        Assert.Equal([(Opcode.Text, payload)], Messages(ServerFrame(Opcode.Text, payload), int.MaxValue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Decode_ManyFramesInPiecesOfAnySize_HandsOnEachOnce(int piece)
    {
        int[] lengths = [5, 0, 125, 126, 70_000, 0, 65_535, 65_536, 1];
        var sent = lengths.Select((length, i) => (i % 2 == 0 ? Opcode.Text : Opcode.Binary, Payload(length))).ToList();

        Assert.Equal(sent, Messages([.. sent.SelectMany(frame => ServerFrame(frame.Item1, frame.Item2))], piece));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void Decode_AMessageOfSeveralFramesWithAPingAmongThem_TellsWhereTheMessageEnds(int piece)
    {
        byte[] stream =
        [
            .. ServerFrame(Opcode.Text, "ab", final: false), .. ServerFrame(Opcode.Continuation, "cd", final: false),
            .. ServerFrame(Opcode.Ping, "life"), .. ServerFrame(Opcode.Continuation, "ef"), .. ServerFrame(Opcode.Close, ""),
        ];

        Assert.Equal([(Opcode.Ping, "life"), (Opcode.Text, "abcdef"), (Opcode.Close, "")], Messages(stream, piece));
    }

    [Theory]
    [InlineData(0x80, 0x80)]
    [InlineData(0xC0, 0x01)]
    [InlineData(0x91, 0x01)]
    public void Decode_AMaskedFrameOrAReservedBit_IsRefused(byte first, byte second) => Assert.Throws<InvalidDataException>(() =>
    {
        ReadOnlySpan<byte> input = [first, second, 0, 0, 0, 0];
        new FrameDecoder().TryRead(ref input, out _);
    });

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Encode_AnyLength_IsOneMaskedFrameWithTheShortestHeader(int length)
    {
        var payload = Encoding.ASCII.GetBytes(Payload(length));

        var frame = FrameEncoder.Encode(Opcode.Binary, payload);

        var extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
        Assert.Equal(0x82, frame[0]);
        Assert.Equal(0x80 | (extended switch { 0 => length, 2 => 126, _ => 127 }), frame[1]);
        Assert.Equal(extended == 0 ? 0 : length, frame.AsSpan(2, extended).ToArray().Aggregate(0L, (sum, next) => sum << 8 | next));
        var mask = frame.AsSpan(2 + extended, 4).ToArray();
        Assert.Equal(payload, frame.Skip(6 + extended).Select((next, i) => (byte)(next ^ mask[i % 4])));
    }

    /// <summary>Decodes a stream that arrives in pieces into messages and control frames.</summary>
    private static List<(Opcode Opcode, string Payload)> Messages(byte[] stream, int piece)
    {
        var decoder = new FrameDecoder();
        var messages = new List<(Opcode, string)>();
        var (text, control) = (new StringBuilder(), new StringBuilder());
        Opcode? kind = null;
        for (var at = 0; at < stream.Length; at += Math.Min(piece, stream.Length - at))
        {
            ReadOnlySpan<byte> input = stream.AsSpan(at, Math.Min(piece, stream.Length - at));
            while (decoder.TryRead(ref input, out var part))
            {
                var into = part.IsControl ? control : text;
                into.Append(Encoding.ASCII.GetString(part.Bytes));
                if (!part.IsControl) kind ??= part.Opcode;
                if (!(part.IsControl ? part.EndsFrame : part.EndsMessage)) continue;
                messages.Add((part.IsControl ? part.Opcode : kind!.Value, into.ToString()));
                into.Clear();
                if (!part.IsControl) kind = null;
            }

            Assert.True(input.IsEmpty);
        }

        Assert.Equal(0, text.Length + control.Length);
        return messages;
    }

    private static byte[] ServerFrame(Opcode opcode, string payload, bool final = true)
    {
        var first = (byte)((final ? 0x80 : 0) | (byte)opcode);
        byte[] length = payload.Length < 126 ? [(byte)payload.Length]
            : payload.Length < 65_536 ? [126, (byte)(payload.Length >> 8), (byte)payload.Length]
            : [127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length];
        return [first, .. length, .. Encoding.ASCII.GetBytes(payload)];
    }

    private static string Payload(int length) => string.Create(length, 0, (text, _) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('a' + i % 23);
    });
}

using System.IO.Pipelines;
using System.Net.Sockets;

namespace Fleet.Redis.Transport.Tests;

/// <summary>A stream of bytes that says of each byte whether it is in its place.</summary>
internal static class Bytes
{
    // A prime period, so that no buffer size divides it and a lost or repeated buffer shows.
    private static readonly byte[] _pattern = Pattern(65_521);

    public static void Fill(Span<byte> span, long position)
    {
        while (!span.IsEmpty)
        {
            var piece = Piece(position, span.Length);
            piece.CopyTo(span);
            span = span[piece.Length..];
            position += piece.Length;
        }
    }

    public static void Check(ReadOnlySpan<byte> span, long position)
    {
        while (!span.IsEmpty)
        {
            var piece = Piece(position, span.Length);
            var same = span[..piece.Length].CommonPrefixLength(piece);
            if (same != piece.Length) Assert.Fail($"Byte {position + same} is not what was sent.");
            span = span[piece.Length..];
            position += piece.Length;
        }
    }

    /// <summary>Writes in chunks of random sizes, several to a flush.</summary>
    public static async Task WriteAsync(PipeWriter writer, long count, int seed)
    {
        var random = new Random(seed);
        for (long position = 0; position < count;)
        {
            var size = (int)Math.Min(RandomSize(random), count - position);
            Fill(writer.GetSpan(size)[..size], position);
            writer.Advance(size);
            position += size;
            if (random.Next(3) == 0) Assert.False((await writer.FlushAsync().Soon()).IsCompleted);
        }
        await writer.FlushAsync().Soon();
    }

    /// <summary>Reads to the end or to a count, consuming by random amounts.</summary>
    public static async Task<long> ReadAsync(PipeReader reader, int seed, long count = long.MaxValue)
    {
        var random = new Random(seed);
        long position = 0;
        while (position < count)
        {
            var result = await reader.ReadAsync().Soon();
            var take = random.Next(4) == 0 ? (long)(result.Buffer.Length * random.NextDouble()) : result.Buffer.Length;
            var taken = result.Buffer.Slice(0, take);
            foreach (var segment in taken)
            {
                Check(segment.Span, position);
                position += segment.Length;
            }
            reader.AdvanceTo(taken.End);
            if (result.IsCompleted && take == result.Buffer.Length) break;
        }
        return position;
    }

    /// <summary>Receives to the end of the stream or to a count.</summary>
    public static async Task<long> ReceiveAsync(Socket socket, long count = long.MaxValue)
    {
        var buffer = new byte[50_000];
        long position = 0;
        while (position < count)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None).Soon();
            if (received == 0) break;
            Check(buffer.AsSpan(0, received), position);
            position += received;
        }
        return position;
    }

    private static int RandomSize(Random random) => random.Next(10) switch
    {
        0 => random.Next(1, 100_000),
        < 5 => random.Next(1, 5_000),
        _ => random.Next(1, 60),
    };

    private static ReadOnlySpan<byte> Piece(long position, int length)
    {
        var start = (int)(position % _pattern.Length);
        return _pattern.AsSpan(start, Math.Min(length, _pattern.Length - start));
    }

    private static byte[] Pattern(int length)
    {
        var pattern = new byte[length];
        new Random(length).NextBytes(pattern);
        return pattern;
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Worker.Processes;

namespace Fleet.Worker.Tests;

[SuppressMessage("Security", "CA5394", Justification = "Seeded random pieces.")]
public sealed class OutputLinesTests
{
    private const int Longest = OutputLines.LongestPiece;

    [Fact]
    public async Task Lines_HoweverTheyArrive_AreTheSame()
    {
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => new string('ä', i * 7 % 50) + i + (i % 3 == 0 ? "\r\n" : "\n"))) + "last";
        var expected = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        for (var seed = 0; seed < 50; seed++) Assert.Equal(expected, await ReadAsync(Encoding.UTF8.GetBytes(text), new Random(seed)));
    }

    [Fact]
    public async Task Line_TooLong_ComesInPiecesThatCutNoCharacter()
    {
        foreach (var letter in new[] { "x", "ä", "日", "😀" })
        {
            var line = "abc" + string.Concat(Enumerable.Repeat(letter, 30_000));
            var lines = await ReadAsync(Encoding.UTF8.GetBytes($"before\n{line}\nafter\n"), new Random(1));
            Assert.Equal("before", lines[0]);
            Assert.Equal("after", lines[^1]);
            Assert.Equal(line, string.Concat(lines[1..^1]));
            Assert.All(lines[1..^2], piece => Assert.InRange(Encoding.UTF8.GetByteCount(piece), Longest - 3, Longest));
        }
    }

    [Theory]
    [InlineData(Longest - 1, 1)]
    [InlineData(Longest, 1)]
    [InlineData(Longest + 1, 2)]
    [InlineData(2 * Longest, 2)]
    [InlineData(2 * Longest + 1, 3)]
    public async Task Line_AtTheBound_IsCutNoSoonerThanItMust(int length, int pieces)
    {
        Assert.Equal(pieces, (await ReadAsync(Encoding.UTF8.GetBytes(new string('x', length) + "\n"), new Random(1))).Count);
        Assert.Equal(pieces, (await ReadAsync(Encoding.UTF8.GetBytes(new string('x', length)), new Random(1))).Count);
    }

    [Fact]
    public async Task Bytes_ThatAreNotUtf8_AreReplaced()
    {
        Assert.Equal(["a\uFFFDb", "\uFFFD", ""], await ReadAsync([(byte)'a', 0xFF, (byte)'b', 10, 0xC3, 10, 10], new Random(1)));
        Assert.Equal(Longest * 2, string.Concat(await ReadAsync([.. Enumerable.Repeat((byte)0x80, Longest * 2)], new Random(1))).Length);
    }

    [Fact]
    public async Task Stream_Empty_HasNoLines() => Assert.Empty(await ReadAsync([], new Random(1)));

    [Fact]
    public async Task Stream_ThatStaysOpenWhenAllIsOver_IsLeftAfterAWhile()
    {
        var time = new SteppedTime();
        using var stream = new NeverEndingStream();
        var lines = new List<string>();
        var over = new TaskCompletionSource();
        var reading = new OutputLines(stream, line => Keep(lines, line), time).ReadAsync(over.Task, CancellationToken.None);
        Assert.False(reading.IsCompleted);
        over.SetResult();
        await time.StepAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(["begun"], lines);
    }

    private static async Task<List<string>> ReadAsync(byte[] bytes, Random random)
    {
        var lines = new List<string>();
        using var stream = new RaggedStream(bytes, random);
        await new OutputLines(stream, line => Keep(lines, line), TimeProvider.System).ReadAsync(Task.Delay(Timeout.Infinite, CancellationToken.None), CancellationToken.None);
        return lines;
    }

    private static ValueTask Keep(List<string> lines, string line)
    {
        lines.Add(line);
        return ValueTask.CompletedTask;
    }

    /// <summary>Gives as many bytes at a time as it likes.</summary>
    private sealed class RaggedStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, random.Next(1, random.Next(2) == 0 ? 10 : 50_000))]));
    }

    /// <summary>Says something and then stays silent, as a pipe that somebody else still holds open.</summary>
    private sealed class NeverEndingStream : MemoryStream
    {
        private bool _begun;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_begun) await Task.Delay(Timeout.Infinite, cancellationToken);
            _begun = true;
            "begun"u8.CopyTo(buffer.Span);
            return 5;
        }
    }
}

using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Worker.Text;

namespace Fleet.Worker.Tests;

[SuppressMessage("Security", "CA5394", Justification = "Seeded random texts.")]
public sealed class TextScanTests
{
    // Letters of one to four bytes, both cases, digits of other scripts, what is neither, and characters that change length in lower case.
    private static readonly string[] Alphabet =
        ["a", "B", "z", "Z", "0", "9", "ä", "Ä", "ß", "Я", "я", "Ω", "\u212A", "\u2126", "ẞ", "İ", "日", "本", "٣", "𐐀", "𐐨", "𝟗", "😀", "\u0301", "\u200D",
            "\uFEFF", "_", "-", "'", " ", " ", " ", "\n", "\r\n", "\t", "\0", "½"];

    private static readonly byte[][] Broken = [[0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]];

    [Fact]
    public void Scan_RandomTextsInRandomPieces_AgreesWithTheReference()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var bytes = RandomText(random);
            AssertAgrees(bytes, Scan(bytes, new WordTable(), bufferSize: random.Next(1, 40), random), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("\n", 1, 0)]
    [InlineData("a", 1, 1)]
    [InlineData("a\n", 1, 1)]
    [InlineData("a\nb", 2, 2)]
    [InlineData("\n\n ", 3, 0)]
    [InlineData("don't", 1, 2)]
    [InlineData("x_1-2", 1, 3)]
    public void Scan_SmallTexts_CountsAsPromised(string text, long lines, long words)
    {
        var scan = Scan(Encoding.UTF8.GetBytes(text), new WordTable(), 7, new Random(1));
        Assert.Equal((lines, words), (scan.Lines, scan.Words));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(513)]
    [InlineData(100_000)]
    public void Scan_LongWords_AreToldApartByTheirLastLetter(int length)
    {
        var stem = new string('a', length - 1);
        var bytes = Encoding.UTF8.GetBytes($"{stem}b {stem}c {stem}B {stem}ä {stem}");
        var table = new WordTable();
        Scan(bytes, table, bufferSize: 64, new Random(2));
        Assert.Equal(4, table.Distinct);
        var shown = length <= WordTable.LongestKept ? $"{stem}b" : new string('a', WordTable.LongestKept) + "…";
        Assert.Equal([new WordCount(shown, 2)], table.Top(1));
    }

    [Fact]
    public void Scan_LongWordCutInsideACharacter_ShowsNoHalfCharacter()
    {
        var table = new WordTable();
        Scan(Encoding.UTF8.GetBytes("a" + new string('日', 100)), table, 64, new Random(3));
        Assert.Equal("a" + new string('日', 85) + "…", table.Top(1)[0].Word);
    }

    private static void AssertAgrees(byte[] bytes, TextScan scan, string what)
    {
        var expected = TextReference.Of(bytes);
        Assert.True((expected.Bytes, expected.Lines, expected.Words) == (scan.Bytes, scan.Lines, scan.Words),
            $"{what}: expected {expected}, got {scan.Bytes} bytes, {scan.Lines} lines, {scan.Words} words");
        Assert.True(scan.Table.IsExact);
        Assert.Equal(expected.Counts.Count, scan.Table.Distinct);
        Assert.Equal(expected.Top(10), scan.Table.Top(10).Select(word => (word.Word, word.Count)));
        Assert.Equal(expected.Top(int.MaxValue), scan.Table.Top(1_000_000).Select(word => (word.Word, word.Count)));
    }

    private static TextScan Scan(byte[] bytes, WordTable table, int bufferSize, Random random)
    {
        var scan = new TextScan(table, bufferSize);
        for (var rest = bytes.AsMemory(); rest.Length > 0;)
        {
            var count = Math.Min(rest.Length, random.Next(1, bufferSize + 1));
            rest[..count].CopyTo(scan.Free);
            scan.Commit(count);
            rest = rest[count..];
        }

        scan.Complete();
        return scan;
    }

    private static byte[] RandomText(Random random)
    {
        var bytes = new List<byte>();
        // Some texts of few characters, so that words come again; some of ASCII only, which takes another way.
        var letters = random.Next(3) switch { 0 => 8, 1 => random.Next(1, Alphabet.Length + 1), _ => Alphabet.Length };
        var brokenOnes = random.Next(4) == 0;
        for (var i = random.Next(400); i > 0; i--)
        {
            if (brokenOnes && random.Next(10) == 0) bytes.AddRange(Broken[random.Next(Broken.Length)]);
            else if (random.Next(6) == 0) bytes.Add((byte)" \n"[random.Next(2)]);
            else bytes.AddRange(Encoding.UTF8.GetBytes(Alphabet[random.Next(letters)]));
        }

        return [.. bytes];
    }
}

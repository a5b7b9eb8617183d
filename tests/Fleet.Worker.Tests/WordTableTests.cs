using System.Diagnostics.CodeAnalysis;
using System.Text;
using Fleet.Worker.Text;

namespace Fleet.Worker.Tests;

[SuppressMessage("Security", "CA5394", Justification = "Seeded random words.")]
public sealed class WordTableTests
{
    [Fact]
    public void Count_UpToTheBound_IsExact()
    {
        var table = new WordTable(mostWords: 1000);
        for (var round = 0; round < 2; round++) AddAll(table, Enumerable.Range(0, 1000));
        Assert.True(table.IsExact);
        Assert.Equal(1000, table.Distinct);
        Assert.All(table.Top(1000), word => Assert.Equal(2, word.Count));
    }

    [Fact]
    public void Count_OneWordBeyondTheBound_SaysThatItIsNotExact()
    {
        var table = new WordTable(mostWords: 1000);
        AddAll(table, Enumerable.Range(0, 1001));
        Assert.False(table.IsExact);
        Assert.InRange(table.Distinct, 970, 1030);
    }

    [Fact]
    public void Count_FarBeyondTheBound_KeepsItsPromises()
    {
        // Words by Zipf's law, in an order in which many frequent ones come late.
        var random = new Random(7);
        var words = Enumerable.Range(1, 200_000).SelectMany(rank => Enumerable.Repeat(rank, 1 + 20_000 / rank)).ToArray();
        random.Shuffle(words);
        var table = new WordTable(mostWords: 5000);
        AddAll(table, words);

        Assert.False(table.IsExact);
        Assert.InRange(table.Distinct, 200_000 * 0.97, 200_000 * 1.03);
        var kept = table.Top(5000).ToDictionary(word => word.Word, word => word.Count);
        foreach (var (rank, count) in words.CountBy(word => word))
        {
            var found = kept.GetValueOrDefault(Name(rank));
            Assert.True(found <= count, $"{Name(rank)} was counted {found} times, but occurred {count} times");
            if (count > table.MostMissed) Assert.True(found >= count - table.MostMissed, $"{Name(rank)}: {found} of {count}, may miss {table.MostMissed}");
        }

        Assert.True(table.MostMissed < 200, $"{table.MostMissed}");
        Assert.Equal(Enumerable.Range(1, 10).Select(Name), table.Top(10).Select(word => word.Word));
    }

    [Fact]
    public void Count_LongWordsBeyondTheBytes_StaysWithinThem()
    {
        var table = new WordTable(mostBytes: 10_000);
        for (var i = 0; i < 2000; i++) Add(table, Name(i).PadRight(200, 'x'));
        Assert.False(table.IsExact);
        Assert.InRange(table.Distinct, 1940, 2060);
        Assert.InRange(table.Top(2000).Sum(word => word.Word.Length), 1, 10_000);
    }

    [Fact]
    public void Top_EquallyFrequentWords_ComeInTheOrderOfTheirBytes()
    {
        var table = new WordTable();
        foreach (var word in new[] { "é", "b", "abc", "z", "ab", "b" }) Add(table, word);
        Assert.Equal(["b", "ab", "abc", "z", "é"], table.Top(9).Select(word => word.Word));
        Assert.Empty(table.Top(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(20_000)]
    [InlineData(200_000)]
    [InlineData(3_000_000)]
    public void Estimate_OfDistinctHashes_IsWithinThreePercent(int count)
    {
        var estimate = new DistinctEstimate();
        var random = new Random(11);
        for (var i = 0; i < count; i++)
        {
            var hash = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            estimate.Add(hash);
            estimate.Add(hash);
        }

        Assert.InRange(estimate.Count, count * 0.97, count * 1.03);
    }

    private static string Name(int word) => $"word{word}";

    private static void AddAll(WordTable table, IEnumerable<int> words)
    {
        foreach (var word in words) Add(table, Name(word));
    }

    private static void Add(WordTable table, string word)
    {
        var bytes = new byte[word.Length * 3 + WordTable.Padding];
        table.Add(ref bytes[0], Encoding.UTF8.GetBytes(word, bytes));
    }
}

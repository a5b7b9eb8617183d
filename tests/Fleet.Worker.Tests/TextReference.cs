using System.Text;

namespace Fleet.Worker.Tests;

/// <summary>What text.stats promises, written down as plainly as possible.</summary>
internal sealed record TextReference(long Bytes, long Lines, long Words, IReadOnlyDictionary<string, long> Counts)
{
    public static TextReference Of(byte[] bytes)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in Encoding.UTF8.GetString(bytes).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune))
            {
                word.Append(Rune.ToLowerInvariant(rune));
            }
            else if (word.Length > 0)
            {
                words.Add(word.ToString());
                word.Clear();
            }
        }

        if (word.Length > 0) words.Add(word.ToString());
        var lines = bytes.Count(b => b == '\n') + (bytes.Length > 0 && bytes[^1] != '\n' ? 1 : 0);
        return new TextReference(bytes.Length, lines, words.Count, words.CountBy(w => w).ToDictionary(w => w.Key, w => (long)w.Value));
    }

    public IReadOnlyList<(string, long)> Top(int count) => [.. Counts
        .OrderByDescending(word => word.Value)
        .ThenBy(word => Encoding.UTF8.GetBytes(word.Key), Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
        .Take(count)
        .Select(word => (word.Key, word.Value))];
}

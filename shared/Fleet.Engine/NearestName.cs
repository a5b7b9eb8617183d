namespace Fleet.Engine;

/// <summary>Finds what somebody may have meant who wrote a name that there is not.</summary>
public static class NearestName
{
    /// <summary>The candidates that are close to <paramref name="word"/>, nearest first; empty when none is.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="candidates">What there is.</param>
    /// <param name="most">How many to name at most.</param>
    public static IReadOnlyList<string> Of(string word, IEnumerable<string> candidates, int most = 3)
    {
        // A third of the letters may be wrong, of a short word one; more, and the suggestion would puzzle rather than help.
        var far = word.Length <= 4 ? 1 : Math.Max(2, word.Length / 3);
        return [.. candidates
            .Select(candidate => (Name: candidate, Distance: Distance(word, candidate, far)))
            .Where(candidate => candidate.Distance <= far)
            .OrderBy(candidate => candidate.Distance)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(most)
            .Select(candidate => candidate.Name)];
    }

    /// <summary>The question to end a message with, beginning with a space: <c> Did you mean 'a' or 'b'?</c>; empty when nothing is near.</summary>
    public static string Question(string word, IEnumerable<string> candidates)
    {
        var near = Of(word, candidates);
        return near.Count == 0 ? "" : $" Did you mean {string.Join(" or ", near.Select(name => $"'{name}'"))}?";
    }

    /// <summary>How many letters to insert, drop, replace or swap with their neighbour, without regard to case.</summary>
    private static int Distance(string a, string b, int far)
    {
        // Beginnings and endings are what people leave out: 'stats' is near to 'text.stats'.
        if (a.Length >= 3 && a.Length < b.Length
            && (b.StartsWith(a, StringComparison.OrdinalIgnoreCase) || b.EndsWith(a, StringComparison.OrdinalIgnoreCase)))
            return 1;
        if (Math.Abs(a.Length - b.Length) > far) return int.MaxValue;

        var beforeLast = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var current = new int[b.Length + 1];
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last) = (last, current);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}

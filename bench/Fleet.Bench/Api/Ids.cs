using System.Text;

namespace Fleet.Bench.Api;

/// <summary>Finds the ids of runs in an answer of the API without reading the rest of it: the load must be lean.</summary>
internal static class Ids
{
    /// <summary>
    /// Adds the strings of the answer that are ids, in their order. Answers to the requests of a measurement have no others that look
    /// like them.
    /// </summary>
    public static void ReadInto(List<RunId> ids, ReadOnlySpan<byte> answer)
    {
        Span<char> text = stackalloc char[RunId.TextLength];
        for (var quote = answer.IndexOf((byte)'"'); quote >= 0; quote = answer.IndexOf((byte)'"'))
        {
            answer = answer[(quote + 1)..];
            var length = answer.IndexOf((byte)'"');
            if (length < 0) return;
            var isId = length == RunId.TextLength && Encoding.ASCII.TryGetChars(answer[..length], text, out _);
            if (isId && RunId.TryParse(text, null, out var id)) ids.Add(id);
            answer = answer[(length + 1)..];
        }
    }
}

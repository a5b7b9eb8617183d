using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Fleet.Api.Bodies;

/// <summary>Reads newline-delimited JSON as it comes, one line in memory at a time.</summary>
internal static class NdjsonReader
{
    /// <summary>The lines that are not blank, in order.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="most">How many bytes a line may have.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static async IAsyncEnumerable<NdjsonLine> ReadAsync(PipeReader reader, int most, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var skipping = false;
        while (true)
        {
            var read = await reader.ReadAsync(cancellation);
            var rest = read.Buffer;
            try
            {
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = Line(rest.Slice(0, end), skipping || rest.Slice(0, end).Length > most);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    skipping = false;
                    if (!line.IsBlank) yield return line;
                }

                // Of a line that is too long only its end matters.
                skipping |= rest.Length > most;
                if (read.IsCompleted)
                {
                    var last = Line(rest, skipping);
                    if (!last.IsBlank) yield return last;
                    yield break;
                }
            }
            finally
            {
                // Also for who stops reading: the server drops the connection, and the answer with it, where a read was not ended.
                reader.AdvanceTo(skipping || read.IsCompleted ? read.Buffer.End : rest.Start, read.Buffer.End);
            }
        }
    }

    private static NdjsonLine Line(ReadOnlySequence<byte> text, bool isTooLong) =>
        new(isTooLong ? default : text.IsSingleSegment ? text.First : text.ToArray(), isTooLong);
}

/// <summary>A line of newline-delimited JSON.</summary>
/// <param name="Json">Its text, until the next line is read.</param>
/// <param name="IsTooLong">Whether it was longer than a line may be; its text is then lost.</param>
internal readonly record struct NdjsonLine(ReadOnlyMemory<byte> Json, bool IsTooLong)
{
    public bool IsBlank => !IsTooLong && Json.Span.IndexOfAnyExcept(" \t\r"u8) < 0;
}

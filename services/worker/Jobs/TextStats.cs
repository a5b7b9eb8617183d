using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;
using Fleet.Worker.Files;
using Fleet.Worker.Text;
using Fleet.Workers;

namespace Fleet.Worker.Jobs;

/// <summary>Counts a text's bytes, lines and words, in memory that does not depend on the text's size.</summary>
/// <remarks>
/// What a word and a line is: <see cref="TextScan"/>. How counts stay exact up to <see cref="WordTable.DefaultMostWords"/> distinct words, and what
/// becomes of them beyond: <see cref="WordTable"/>.
/// </remarks>
internal sealed class TextStats(ReadableFiles files) : IJob<TextStatsInput, TextStatsOutput>
{
    public const string Name = "text.stats";
    public const string Description =
        "Counts the bytes, lines, words and distinct words of a UTF-8 text and lists its most frequent words. Give either `text`, or the " +
        "`path` of a file on the worker, of any size. Counts are exact up to two million distinct words; beyond that `exact` is false: " +
        "`distinctWords` is then an estimate (within about 2 %), and the counts in `top` may be slightly low.";

    public async Task<TextStatsOutput> RunAsync(TextStatsInput input, JobContext context, CancellationToken cancellation)
    {
        if (input.Path is null == input.Text is null) throw JobException.Permanent("Give either text or path, and not both.");
        if (input.Top is < 0 or > TextStatsInput.MostTop)
            throw JobException.Permanent($"top is {input.Top}, but must be from 0 to {TextStatsInput.MostTop}.");

        await using var source = input.Path is { } path ? files.Open(path) : (Stream)new MemoryStream(Encoding.UTF8.GetBytes(input.Text!), writable: false);
        var table = new WordTable();
        var scan = new TextScan(table);
        // A file that knows no length, such as one of /proc, has no progress to tell but its bytes.
        var length = source.CanSeek ? source.Length : 0;
        while (await source.ReadAsync(scan.Free, cancellation) is > 0 and var count)
        {
            scan.Commit(count);
            await context.ReportProgressAsync(length > 0 ? (double)scan.Bytes / length : 0, $"{Megabytes(scan.Bytes)} of {Megabytes(Math.Max(length, scan.Bytes))}");
        }

        scan.Complete();
        if (!table.IsExact)
        {
            context.Log(
                $"There are more distinct words than are kept, so distinctWords is an estimate and counts may be too low by up to {table.MostMissed}.",
                "fleet");
        }

        return new TextStatsOutput(scan.Bytes, scan.Lines, scan.Words, table.Distinct, table.Top(input.Top), table.IsExact);
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB");
}

/// <summary>What <see cref="TextStats"/> gets.</summary>
internal sealed record TextStatsInput(
    [Description("The text itself. Either this or path.")] string? Text = null,
    [Description("The path of a UTF-8 file on the worker, below the directory it may read. Either this or text.")] string? Path = null,
    [Description("How many of the most frequent words to list.")] [Range(0, TextStatsInput.MostTop)] int Top = 10)
{
    public const int MostTop = 1000;
}

/// <summary>What <see cref="TextStats"/> returns.</summary>
/// <param name="Bytes">The text's length in bytes of UTF-8.</param>
/// <param name="Lines">Newlines, and one more when the last line has none and is not empty.</param>
/// <param name="Words">Longest runs of letters and digits.</param>
/// <param name="DistinctWords">How many different ones, regardless of case; an estimate unless <paramref name="Exact"/>.</param>
/// <param name="Top">The most frequent ones, the most frequent first; those that are equally frequent in the order of their bytes.</param>
/// <param name="Exact">Whether distinct words and counts are exact.</param>
internal sealed record TextStatsOutput(long Bytes, long Lines, long Words, long DistinctWords, IReadOnlyList<WordCount> Top, bool Exact);

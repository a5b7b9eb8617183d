using System.Globalization;

namespace Fleet.Bench.Reporting;

/// <summary>Rows of figures with a heading, each column as wide as it must be.</summary>
internal sealed class Table<TRow>
{
    private readonly List<(string Heading, Func<TRow, string> Text)> _columns = [];

    /// <summary>Adds a column of text.</summary>
    public Table<TRow> Column(string heading, Func<TRow, string> text)
    {
        _columns.Add((heading, text));
        return this;
    }

    /// <summary>Adds a column of numbers.</summary>
    public Table<TRow> Column(string heading, Func<TRow, double> number, string format = "N0") =>
        Column(heading, row => number(row).ToString(format, CultureInfo.InvariantCulture));

    /// <summary>The lines, the heading first.</summary>
    public IEnumerable<string> Lines(IReadOnlyList<TRow> rows)
    {
        var cells = rows.Select(row => _columns.Select(column => column.Text(row)).ToArray())
            .Prepend([.. _columns.Select(column => column.Heading)])
            .ToList();
        var widths = _columns.Select((_, index) => cells.Max(line => line[index].Length)).ToArray();
        return cells.Select(line => string.Join("  ", line.Select((cell, index) => cell.PadLeft(widths[index]))));
    }
}

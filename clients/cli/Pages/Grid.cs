using Fleet.Cli.Rendering;
using Spectre.Console.Rendering;

namespace Fleet.Cli.Pages;

/// <summary>A table of a page: its lines, each as wide as its widest cells.</summary>
internal sealed class Grid(params string[] headings)
{
    private readonly List<Cell[]> _rows = [];
    private readonly HashSet<int> _right = [];

    public int Count => _rows.Count;

    /// <summary>Aligns columns of numbers.</summary>
    public Grid Right(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns) _right.Add(column);
        return this;
    }

    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>The headings and the first rows; where some are left out, the last line says how many.</summary>
    public IEnumerable<IReadOnlyList<Cell>> Lines(int most)
    {
        var shown = _rows.Count <= most ? _rows : _rows.Take(Math.Max(most - 1, 0)).ToList();
        var heads = headings.Select(heading => new Cell(heading, Tint.Faint)).ToArray();
        var widths = heads.Select((_, column) => shown.Append(heads).Max(row => WidthOf(row[column].Text))).ToList();
        foreach (var row in shown.Prepend(heads))
        {
            var line = new List<Cell>();
            for (var column = 0; column < row.Length; column++)
            {
                var space = new Cell(new string(' ', widths[column] - WidthOf(row[column].Text)));
                if (_right.Contains(column)) line.AddRange([space, row[column]]);
                else line.AddRange([row[column], space]);
                line.Add(new Cell("  "));
            }

            yield return line;
        }

        if (shown.Count < _rows.Count) yield return [new Cell($"and {_rows.Count - shown.Count} more", Tint.Faint)];
    }

    private static int WidthOf(string text) => new Segment(Printable.Line(text)).CellCount();
}

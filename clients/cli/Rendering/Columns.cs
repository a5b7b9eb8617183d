using Spectre.Console;

namespace Fleet.Cli.Rendering;

/// <summary>Tables without lines: readable on 80 columns, and easy to cut apart by program.</summary>
internal sealed class Columns
{
    private readonly Table _table = new Table().Border(TableBorder.None);

    public Columns(params ReadOnlySpan<string> headings)
    {
        foreach (var heading in headings)
        {
            _table.AddColumn(new TableColumn(new Text(heading, Tint.Faint.Style())) { Padding = new Padding(0, 0, 2, 0), NoWrap = true });
        }
    }

    /// <summary>Aligns a column's numbers.</summary>
    public Columns Right(params ReadOnlySpan<int> columns)
    {
        foreach (var column in columns) _table.Columns[column].RightAligned();
        return this;
    }

    /// <summary>Lets a column's text be wrapped where the screen is narrow.</summary>
    public Columns Wrap(int column)
    {
        _table.Columns[column].NoWrap = false;
        return this;
    }

    public void Add(params ReadOnlySpan<Cell> cells)
    {
        var texts = new List<Text>(cells.Length);
        foreach (var cell in cells) texts.Add(new Text(Printable.Line(cell.Text), cell.Tint.Style()));
        _table.AddRow(texts);
    }

    public void Draw(Screen screen) => screen.Draw(_table);
}

/// <summary>A cell of a table.</summary>
internal readonly record struct Cell(string Text, Tint Tint = Tint.None)
{
    public static implicit operator Cell(string? text) => string.IsNullOrEmpty(text) ? new Cell("-", Tint.Faint) : new Cell(text);
}

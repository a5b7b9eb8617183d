using Spectre.Console;
using Spectre.Console.Rendering;

namespace Fleet.Cli.Rendering;

/// <summary>Where text for people goes: a terminal with colours, or a file or pipe that gets the same text plain and unwrapped.</summary>
internal sealed class Screen(TextWriter writer, bool isTerminal, bool color)
{
    /// <summary>Wide enough that nothing is wrapped; terminals wrap by themselves, and then copying a long line brings no line breaks.</summary>
    private const int Unwrapped = 1_000_000;

    private IAnsiConsole? _console;

    public bool IsTerminal { get; } = isTerminal;

    /// <summary>How many columns a table or a status line may use; a pipe has no end.</summary>
    public int Width => IsTerminal ? Math.Max(Console.Profile.Out.Width, 20) : Unwrapped;

    public int Height => IsTerminal ? Math.Max(Console.Profile.Out.Height, 4) : Unwrapped;

    /// <summary>Whether this screen shows colours.</summary>
    public bool Color { get; } = isTerminal && color;

    private IAnsiConsole Console => _console ??= CreateConsole();

    public void Line(string text = "", Tint tint = Tint.None)
    {
        Write(text, tint);
        writer.WriteLine();
    }

    public void Write(string text, Tint tint = Tint.None)
    {
        if (!Color || tint == Tint.None) writer.Write(text);
        else Console.Write(new Text(text, tint.Style()));
    }

    /// <summary>Writes cells one after the other, cut where they would be wider than this.</summary>
    public void Cells(IReadOnlyList<Cell> cells, int width)
    {
        foreach (var cell in cells)
        {
            if (width <= 0 || Segment.Truncate(new Segment(Printable.Line(cell.Text)), width) is not { } shown) return;
            Write(shown.Text, cell.Tint);
            width -= shown.CellCount();
        }
    }

    /// <summary>Sees to it that what was written is there.</summary>
    public void Flush() => writer.Flush();

    /// <summary>Writes bytes that steer a terminal. Only for terminals.</summary>
    public void Steer(string codes) => writer.Write(codes);

    /// <summary>Writes a table or the like, as wide as the screen allows.</summary>
    public void Draw(IRenderable renderable)
    {
        foreach (var line in Segment.SplitLines(renderable.Render(RenderOptions.Create(Console), Width)))
        {
            // Columns are padded to their width; what a line ends with is only in the way of those who read it by program.
            var segments = line.ToList();
            while (segments.Count > 0 && string.IsNullOrWhiteSpace(segments[^1].Text)) segments.RemoveAt(segments.Count - 1);
            for (var i = 0; i < segments.Count; i++)
            {
                var text = i == segments.Count - 1 ? segments[i].Text.TrimEnd() : segments[i].Text;
                if (Color) Console.Write(new Text(text, segments[i].Style));
                else writer.Write(text);
            }

            writer.WriteLine();
        }
    }

    private IAnsiConsole CreateConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Color ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = Unwrapped;
        return console;
    }
}

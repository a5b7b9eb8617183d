using Fleet.Cli.Rendering;

namespace Fleet.Cli.Watching;

/// <summary>The last lines of a terminal, drawn anew again and again; what is written meanwhile goes above them.</summary>
internal sealed class LiveArea(Screen screen)
{
    private int _lines;

    /// <summary>Takes the lines off the screen, so that the next thing written stands in their place.</summary>
    public void Erase()
    {
        if (_lines == 0) return;
        screen.Steer("\r\e[2K" + string.Concat(Enumerable.Repeat("\e[1A\e[2K", _lines - 1)));
        _lines = 0;
    }

    /// <summary>Draws lines, cut to the screen's width: one that wrapped could not be erased.</summary>
    public void Draw(IReadOnlyList<IReadOnlyList<Cell>> lines)
    {
        Erase();
        foreach (var line in lines)
        {
            if (_lines++ > 0) screen.Line();
            screen.Cells(line, screen.Width - 1);
        }
    }
}

using System.Runtime.InteropServices;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Pages;

/// <summary>
/// The terminal's other screen, without a cursor: what stood there before is there again when this is disposed of, or when the process
/// is told to end or to pause.
/// </summary>
internal sealed class FullScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";

    /// <summary>From here to <see cref="EndOfPicture"/> a terminal that knows it shows nothing, so that nobody sees half of a picture.</summary>
    private const string Picture = "\e[?2026h\e[H";
    private const string EndOfPicture = "\e[J\e[?2026l";

    private readonly Screen _screen;
    private readonly Lock _lock = new();
    private readonly List<PosixSignalRegistration> _signals = [];
    private bool _entered;

    /// <summary>Takes the screen.</summary>
    /// <param name="screen">The terminal.</param>
    /// <param name="hangUp">Is called when the terminal is closed.</param>
    /// <param name="back">Is called when the process, having been paused, goes on.</param>
    public FullScreen(Screen screen, Action hangUp, Action back)
    {
        _screen = screen;
        Take(true);
        if (OperatingSystem.IsWindows()) return;
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            hangUp();
        }));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, _ => Take(false)));
        _signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            Take(true);
            back();
        }));
    }

    /// <summary>Draws lines from the top, each cut to the width; those that do not fit are left out.</summary>
    public void Draw(IReadOnlyList<IReadOnlyList<Cell>> lines)
    {
        lock (_lock)
        {
            if (!_entered) return;
            _screen.Steer(Picture);
            var count = Math.Min(lines.Count, _screen.Height);
            for (var i = 0; i < count; i++)
            {
                if (i > 0) _screen.Steer("\r\n");
                _screen.Cells(lines[i], _screen.Width);
                _screen.Steer("\e[K");
            }

            _screen.Steer(EndOfPicture);
            _screen.Flush();
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        Take(false);
    }

    private void Take(bool enter)
    {
        lock (_lock)
        {
            if (_entered == enter) return;
            _entered = enter;
            _screen.Steer(enter ? Enter : Leave);
            _screen.Flush();
        }
    }
}

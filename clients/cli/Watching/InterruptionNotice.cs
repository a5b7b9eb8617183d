using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>Says once that a connection is lost, however often it then cannot be made.</summary>
internal sealed class InterruptionNotice(Screen messages)
{
    private bool _told;

    public void Interrupted(WatchInterruption interruption)
    {
        // A stream that merely ended is back before anybody notices.
        if (_told || interruption.Error is not { } error) return;
        _told = true;
        messages.Line($"Lost the connection to Fleet ({Printable.Line(error.GetBaseException().Message).TrimEnd('.')}); trying again. Nothing is missed.", Tint.Warning);
    }

    /// <summary>Something came, so the connection is back.</summary>
    public void Restored() => _told = false;
}

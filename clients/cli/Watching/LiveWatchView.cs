using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>For a person at a terminal: what happens as lines, and below them a moving line for each run with its state, bar and time.</summary>
internal sealed class LiveWatchView(Screen screen, TimeProvider time, IReadOnlyList<WatchedRun> runs) : IWatchView
{
    private const int BarWidth = 24;
    private const string Spinner = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";

    private readonly LiveArea _area = new(screen);
    private bool _begun;
    private bool _interrupted;
    private bool _left;
    private int _beats;

    public TimeSpan? Beat => TimeSpan.FromMilliseconds(100);

    public void Happened(WatchedRun run, RunEvent item)
    {
        _interrupted = false;
        if (item.Type == EventType.Progress) return;
        Above();
        screen.Write(Prefix(run), Tint.Faint);
        if (item.Type == EventType.Log)
        {
            screen.Line($"  {EventText.Summary(item)}", EventText.IsErrorOutput(item) ? Tint.Warning : Tint.None);
            return;
        }

        var tint = item.Type.IsFinal() ? Tints.Of(run.State) : item.Type is EventType.Retrying or EventType.Recovered ? Tint.Warning : Tint.None;
        screen.Write($"  {item.Type.Name(),-11}", tint);
        screen.Line(item.Type.IsFinal() ? run.Took(item.At) is { } took ? $"after {TimeText.Duration(took)}" : "" : EventText.Summary(item), Tint.Faint);
    }

    public void Ended(WatchedRun run)
    {
        Above();
        if (runs.Count > 1 && (run.Output ?? (object?)run.Error) is not null) screen.Line($"{run.Id}  {run.Job}", Tint.Strong);
        ResultText.Write(screen, screen, run);
    }

    public void Interrupted(WatchInterruption interruption) => _interrupted |= interruption.Error is not null;

    public void Tick()
    {
        if (_left) return;
        Begin();
        _beats++;
        var moving = runs.Where(run => !run.Over).ToList();
        // What does not fit above the bottom of the screen could not be erased again.
        var room = Math.Max(1, screen.Height - 3);
        List<IReadOnlyList<Cell>> lines = [.. moving.Take(room).Select(Status)];
        if (moving.Count > room) lines.Add([new Cell($"  and {moving.Count - room} more", Tint.Faint)]);
        if (_interrupted && lines.Count > 0) lines.Add([new Cell("  The connection to Fleet is lost; trying again. Nothing is missed.", Tint.Warning)]);
        _area.Draw(lines);
    }

    public void Leave()
    {
        _left = true;
        _area.Erase();
    }

    private void Begin()
    {
        if (_begun) return;
        _begun = true;
        foreach (var run in runs)
        {
            screen.Write(run.Id.ToString(), Tint.Strong);
            screen.Line($"  {run.Job}");
        }
    }

    private void Above()
    {
        Begin();
        _area.Erase();
    }

    /// <summary>The end of an id tells runs apart; the beginning is the time, which runs submitted together share.</summary>
    private string Prefix(WatchedRun run) => runs.Count > 1 ? $"…{run.Id.ToString()[^6..]} " : "";

    private IReadOnlyList<Cell> Status(WatchedRun run)
    {
        var value = Math.Clamp(run.Progress?.Value ?? 0, 0, 1);
        var filled = (int)Math.Round(value * BarWidth);
        var took = run.Took(time.GetUtcNow()) is { } elapsed && elapsed > TimeSpan.Zero ? TimeText.Duration(elapsed) : "";
        var spin = run.State == RunState.Running ? Spinner[_beats % Spinner.Length] : ' ';
        return
        [
            new Cell(Prefix(run), Tint.Faint),
            new Cell($"{spin} {run.State.Name(),-10} ", Tints.Of(run.State)),
            new Cell(new string('━', filled), Tint.Good),
            new Cell(new string('─', BarWidth - filled), Tint.Faint),
            new Cell(run.Progress is null ? "      " : $" {Math.Floor(value * 100),3}% "),
            new Cell($" {took,7}  ", Tint.Faint),
            new Cell(run.Progress?.Message ?? ""),
        ];
    }
}

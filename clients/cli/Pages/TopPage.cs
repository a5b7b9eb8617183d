using System.Globalization;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Pages;

/// <summary>Draws what <c>fleet top</c> shows into the room there is.</summary>
internal sealed class TopPage(string address)
{
    private const int BarWidth = 30;
    private const int MostRates = 40;
    private const string Levels = "▁▂▃▄▅▆▇█";

    private readonly List<double> _rates = [];
    private DateTimeOffset _newest;

    public IReadOnlyList<IReadOnlyList<Cell>> Draw(TopContent content, PageFrame frame)
    {
        if (content.At > _newest) Remember(content);
        List<IReadOnlyList<Cell>> lines = [frame.Head($"fleet top  {address}"), [], .. Summary(content)];
        List<(string Name, Grid Grid)> parts = [("QUEUES", Queues(content)), ("WORKERS", Workers(content)), ("BUSIEST JOBS", Jobs(content)), ("NEWEST FAILURES", Failures(content, frame.Now))];
        parts.RemoveAll(part => part.Grid.Count == 0);
        // Each has a line before it and one of headings; what is left is shared out from the smallest on, so that none takes what another could use.
        var room = Math.Max(0, frame.Height - lines.Count - parts.Count * 2);
        var left = parts.Count;
        var rows = new Dictionary<string, int>();
        foreach (var (name, grid) in parts.OrderBy(part => part.Grid.Count))
        {
            rows[name] = Math.Min(grid.Count, room / left--);
            room -= rows[name];
        }

        foreach (var (name, grid) in parts.Where(part => rows[part.Name] > 0))
        {
            lines.Add([]);
            lines.AddRange(grid.Lines(rows[name]));
        }

        return lines;
    }

    /// <summary>The same as text, for a pipe: everything, once.</summary>
    public void Write(Screen screen, TopContent content)
    {
        Remember(content);
        foreach (var line in Summary(content).Select(Text)) screen.Line(line);
        foreach (var grid in new[] { Queues(content), Workers(content), Jobs(content), Failures(content, content.At) }.Where(grid => grid.Count > 0))
        {
            screen.Line();
            foreach (var line in grid.Lines(int.MaxValue)) screen.Line(Text(line));
        }

        static string Text(IReadOnlyList<Cell> line) => string.Concat(line.Select(cell => Printable.Line(cell.Text))).TrimEnd();
    }

    private void Remember(TopContent content)
    {
        _newest = content.At;
        _rates.Add(content.Stats.Rates.Out);
        if (_rates.Count > MostRates) _rates.RemoveAt(0);
    }

    private IEnumerable<IReadOnlyList<Cell>> Summary(TopContent content)
    {
        var (counts, rates, latency) = content.Stats;
        var most = _rates.Max();
        var line = string.Concat(_rates.Select(rate => Levels[most > 0 ? (int)Math.Round(rate / most * (Levels.Length - 1)) : 0]));
        yield return
        [
            Name("a second"), new Cell($"in {Rate(rates.In)}   out {Rate(rates.Out)}   "),
            new Cell($"failed {Rate(rates.Failed)}", rates.Failed > 0 ? Tint.Bad : Tint.None), new Cell($"   {line}", Tint.Active),
        ];
        List<Cell> states = [Name("runs")];
        foreach (var state in RunStates.All.Where(state => counts.GetValueOrDefault(state.Name()) > 0))
        {
            states.Add(new Cell($"{state.Name()} ", Tint.Faint));
            states.Add(new Cell($"{Count(counts[state.Name()])}   ", Tints.Of(state)));
        }

        if (states.Count == 1) states.Add(new Cell("none yet"));
        yield return states;
        yield return [Name("latency"), new Cell($"waiting {Time(latency.Wait.P50)}, 99 % {Time(latency.Wait.P99)}   running {Time(latency.Run.P50)}, 99 % {Time(latency.Run.P99)}")];

        var (slots, busy) = (content.Workers.Sum(worker => worker.Slots), content.Workers.Sum(worker => worker.Running.Count));
        var filled = slots == 0 ? 0 : (int)Math.Round((double)Math.Min(busy, slots) / slots * BarWidth);
        yield return
        [
            Name("slots"), new Cell(new string('━', filled), Tint.Good), new Cell(new string('─', BarWidth - filled), Tint.Faint),
            new Cell($"  {Count(busy)} of {Count(slots)} on {content.Workers.Count} {(content.Workers.Count == 1 ? "worker" : "workers")}"),
        ];
    }

    private static Grid Queues(TopContent content)
    {
        var grid = new Grid("QUEUE", "WAITING", "IN FLIGHT", "OLDEST", "STATE").Right(1, 2, 3);
        foreach (var queue in content.Queues)
        {
            grid.Add(queue.Name, Count(queue.Depth), Count(queue.InFlight), queue.Depth > 0 ? TimeText.Age(TimeSpan.FromSeconds(queue.Lag)) : null,
                queue.Paused ? new Cell("paused", Tint.Warning) : new Cell("open"));
        }

        return grid;
    }

    private static Grid Workers(TopContent content)
    {
        var grid = new Grid("WORKER", "BUSY", "STATE", "UP", "VERSION", "QUEUES").Right(1, 3);
        foreach (var worker in content.Workers)
        {
            grid.Add(worker.Id, $"{worker.Running.Count}/{worker.Slots}", worker.State == WorkerState.Draining ? new Cell("draining", Tint.Warning) : new Cell("connected"),
                TimeText.Age(content.At - worker.StartedAt), worker.Version, string.Join(",", worker.Queues));
        }

        return grid;
    }

    private static Grid Jobs(TopContent content)
    {
        var grid = new Grid("BUSIEST JOBS", "RUNNING").Right(1);
        foreach (var job in content.Jobs) grid.Add(job.Job, Count(job.Running));
        return grid;
    }

    private static Grid Failures(TopContent content, DateTimeOffset now)
    {
        var grid = new Grid("NEWEST FAILURES", "JOB", "AGO", "ERROR").Right(2);
        foreach (var run in content.Failures)
        {
            grid.Add(run.Id.ToString(), run.Job, run.FinishedAt is { } at ? TimeText.Age(now - at) : null,
                new Cell(run.Error?.Message ?? "", Tint.Bad));
        }

        return grid;
    }

    private static Cell Name(string name) => new($"{name,-10}", Tint.Faint);

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Rate(double rate) => rate.ToString("#,0.0", CultureInfo.InvariantCulture);

    private static string Time(double? milliseconds) => milliseconds is { } value ? TimeText.Duration(TimeSpan.FromMilliseconds(value)) : "-";
}

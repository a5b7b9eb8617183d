using Fleet.Cli.Pages;

namespace Fleet.Cli.Rendering;

/// <summary>The columns that a list of runs may have.</summary>
internal sealed class RunColumns
{
    private static readonly Dictionary<string, Column> All = new()
    {
        ["id"] = new("ID", (run, _) => run.Id.ToString()),
        ["state"] = new("STATE", (run, _) => new Cell(run.State.Name(), Tints.Of(run.State))),
        ["job"] = new("JOB", (run, _) => run.Job, Wraps: true),
        ["queue"] = new("QUEUE", (run, _) => run.Queue, Wraps: true),
        ["priority"] = new("PRIORITY", (run, _) => run.Priority.Name()),
        ["try"] = new("TRY", (run, _) => $"{run.Attempt}/{run.MaxAttempts}", IsNumber: true),
        ["age"] = new("AGE", (run, now) => TimeText.Age(now - run.CreatedAt), IsNumber: true),
        ["took"] = new("TOOK", (run, now) => TimeText.Took(run, now) is { } took ? TimeText.Duration(took) : null, IsNumber: true),
        ["progress"] = new("PROGRESS", (run, _) => run.Progress is { } progress ? EventText.Progress(progress.Value, progress.Message) : null, Wraps: true),
        ["worker"] = new("WORKER", (run, _) => run.Worker, Wraps: true),
        ["schedule"] = new("SCHEDULE", (run, _) => run.Schedule, Wraps: true),
        ["tenant"] = new("TENANT", (run, _) => run.Tenant),
        ["tags"] = new("TAGS", (run, _) => string.Join(",", run.Tags), Wraps: true),
        ["meta"] = new("META", (run, _) => string.Join(",", run.Meta.Select(entry => $"{entry.Key}={entry.Value}")), Wraps: true),
        ["created"] = new("CREATED", (run, _) => TimeText.Moment(run.CreatedAt)),
        ["due"] = new("DUE", (run, _) => run.DueAt is { } at ? TimeText.Moment(at) : null),
        ["started"] = new("STARTED", (run, _) => run.StartedAt is { } at ? TimeText.Moment(at) : null),
        ["finished"] = new("FINISHED", (run, _) => run.FinishedAt is { } at ? TimeText.Moment(at) : null),
        ["input"] = new("INPUT", (run, _) => JsonText.Compact(run.Input), Wraps: true),
        ["output"] = new("OUTPUT", (run, _) => run.Output is { } output ? JsonText.Compact(output) : null, Wraps: true),
        ["error"] = new("ERROR", (run, _) => run.Error is { } error ? new Cell(RunText.Summary(error), Tint.Bad) : null, Wraps: true),
    };

    private readonly IReadOnlyList<Column> _columns;

    private RunColumns(IEnumerable<string> names) => _columns = [.. names.Select(name => All[name])];

    /// <summary>What a list has unless it is told otherwise.</summary>
    public static RunColumns Usual { get; } = new(["id", "state", "job", "queue", "try", "age", "took"]);

    /// <summary>The names of all columns.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>Reads names with commas between them.</summary>
    public static RunColumns Read(string? text)
    {
        if (text is null) return Usual;
        var names = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in names.Where(name => !All.ContainsKey(name)))
        {
            var near = WrongUsage.Nearest(name, All.Keys) is { } meant ? $" Did you mean '{meant}'?" : "";
            throw new UsageException($"--columns: there is no column '{name}'.{near} There are {string.Join(", ", All.Keys)}.");
        }

        return names.Length > 0 ? new RunColumns(names) : throw new UsageException($"--columns needs names of columns: {string.Join(", ", All.Keys)}.");
    }

    /// <summary>A table for a list.</summary>
    public void Write(Screen screen, IEnumerable<Run> runs, DateTimeOffset now)
    {
        var table = new Columns([.. _columns.Select(column => column.Heading)]);
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_columns[i].IsNumber) table.Right(i);
            if (_columns[i].Wraps) table.Wrap(i);
        }

        foreach (var run in runs) table.Add([.. _columns.Select(column => column.Show(run, now))]);
        table.Draw(screen);
    }

    /// <summary>A table for a page that is drawn anew.</summary>
    public Grid ToGrid(IEnumerable<Run> runs, DateTimeOffset now)
    {
        var grid = new Grid([.. _columns.Select(column => column.Heading)]);
        for (var i = 0; i < _columns.Count; i++)
        {
            if (_columns[i].IsNumber) grid.Right(i);
        }

        foreach (var run in runs) grid.Add([.. _columns.Select(column => column.Show(run, now))]);
        return grid;
    }

    private sealed record Column(string Heading, Func<Run, DateTimeOffset, Cell> Show, bool IsNumber = false, bool Wraps = false);
}

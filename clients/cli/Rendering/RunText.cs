namespace Fleet.Cli.Rendering;

/// <summary>Shows a run with all its details.</summary>
internal static class RunText
{
    public static void Details(Screen screen, Run run, IReadOnlyList<RunEvent> events, DateTimeOffset now)
    {
        Field("run", run.Id.ToString(), Tint.Strong);
        Field("job", run.Job);
        Field("state", run.State.Name(), Tints.Of(run.State));
        Field("queue", run.Priority == Priority.Normal ? run.Queue : $"{run.Queue}, priority {run.Priority.Name()}");
        Field("attempt", $"{run.Attempt} of {run.MaxAttempts}");
        Field("worker", run.Worker);
        Field("schedule", run.Schedule);
        if (run.Progress is { } progress && !run.State.IsFinal()) Field("progress", EventText.Progress(progress.Value, progress.Message));
        Field("tags", string.Join(", ", run.Tags));
        Field("meta", string.Join(", ", run.Meta.Select(entry => $"{entry.Key}={entry.Value}")));
        Field("created", TimeText.Moment(run.CreatedAt));
        Field("due", run.DueAt is { } due ? TimeText.Moment(due) : null);
        Field("started", run.StartedAt is { } started ? TimeText.Moment(started) : null);
        Field("finished", run.FinishedAt is { } finished ? TimeText.Moment(finished) : null);
        Field("took", TimeText.Took(run, now) is { } took ? TimeText.Duration(took) : null);
        Block("input", JsonText.Pretty(run.Input));
        if (run.Output is { } output) Block("output", JsonText.Pretty(output));
        if (run.Error is { } error)
        {
            screen.Line("error", Tint.Faint);
            screen.Line($"  {Summary(error)}", Tint.Bad);
            foreach (var line in Printable.Lines(error.Detail ?? "")) screen.Line($"    {line}".TrimEnd(), Tint.Faint);
        }

        if (events.Count == 0) return;
        screen.Line("timeline", Tint.Faint);
        foreach (var item in events)
        {
            screen.Write($"  {TimeText.Moment(item.At)}  ", Tint.Faint);
            screen.Line($"{item.Type.Name(),-9}  {EventText.Summary(item)}".TrimEnd());
        }

        void Field(string name, string? value, Tint tint = Tint.None)
        {
            if (string.IsNullOrEmpty(value)) return;
            screen.Write($"{name,-10}", Tint.Faint);
            screen.Line(Printable.Line(value), tint);
        }

        void Block(string name, string text)
        {
            screen.Line(name, Tint.Faint);
            foreach (var line in Printable.Lines(text)) screen.Line($"  {line}");
        }
    }

    /// <summary>An error on one line.</summary>
    public static string Summary(RunError error) => Printable.Line($"{error.Type}: {error.Message}");
}

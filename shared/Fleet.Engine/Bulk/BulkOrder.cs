namespace Fleet.Engine.Bulk;

/// <summary>Something to be done to many runs: the input of the run that does it.</summary>
public sealed record BulkOrder
{
    /// <summary>What to do.</summary>
    public required BulkAction Action { get; init; }

    /// <summary>To which runs.</summary>
    public required BulkFilter Filter { get; init; }

    /// <summary>When it was asked for, by Redis's clock: what came or ended later is left alone.</summary>
    public required DateTimeOffset By { get; init; }

    /// <summary>How many runs matched then.</summary>
    public long Matched { get; init; }

    /// <summary>Whether runs that a worker holds are left alone.</summary>
    public bool Waiting { get; init; }

    /// <summary>The runs.</summary>
    internal RunSelection Selection => new() { States = States, Filter = Filter, By = By };

    private IReadOnlyList<RunState> States => Filter.State is { } state ? [state]
        : Waiting ? [RunState.Scheduled, RunState.Queued]
        : RunSelection.StatesOf(Action);
}

/// <summary>How far an order has come.</summary>
/// <param name="Next">Where it goes on; null when it is done.</param>
/// <param name="Changed">How many runs were changed.</param>
/// <param name="Skipped">How many matched and could not be changed any more.</param>
public sealed record BulkProgress(SelectionCursor? Next, long Changed, long Skipped)
{
    /// <summary>Nothing is done yet.</summary>
    public static BulkProgress None { get; } = new(new SelectionCursor(0, null), 0, 0);
}

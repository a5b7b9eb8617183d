namespace Fleet.Engine.Bulk;

/// <summary>The runs that something is done to, as they were at one moment: what happened later belongs to others.</summary>
public sealed record RunSelection
{
    /// <summary>Only runs in one of these states.</summary>
    public required IReadOnlyList<RunState> States { get; init; }

    /// <summary>Which of them.</summary>
    public required BulkFilter Filter { get; init; }

    /// <summary>The moment, by Redis's clock: runs that were created or became final after it do not match.</summary>
    public required DateTimeOffset By { get; init; }

    /// <summary>The states that an action can change.</summary>
    public static IReadOnlyList<RunState> StatesOf(BulkAction action) =>
        action == BulkAction.Cancel ? [.. RunStates.All.Where(state => !state.IsFinal())] : RunStates.Final;
}

/// <summary>Where a selection goes on.</summary>
/// <param name="Part">Which of its parts, from 0.</param>
/// <param name="After">After which run in it; null for its beginning.</param>
public readonly record struct SelectionCursor(int Part, RunId? After);

/// <summary>Runs that match.</summary>
/// <param name="Ids">The runs.</param>
/// <param name="Next">Where the selection goes on; null at its end.</param>
public sealed record SelectionPage(IReadOnlyList<RunId> Ids, SelectionCursor? Next);

namespace Fleet.Client;

/// <summary>How a run is watched.</summary>
public sealed record RunWatchOptions
{
    /// <summary>The last event that is known already; 0 for none.</summary>
    public long After { get; init; }

    /// <summary>Whether to go on after the event that makes the run final, which may be retried.</summary>
    public bool Follow { get; init; }

    /// <summary>Is told of the run as it is, before its events: when the watch begins, and again whenever it begins anew.</summary>
    public Action<Run>? Snapshot { get; init; }

    /// <summary>Is told, before the next event, of events that are no longer kept.</summary>
    public Action<RunGap>? Gap { get; init; }

    /// <summary>Is told how many watch the run, on whatever server.</summary>
    public Action<int>? Watchers { get; init; }

    /// <summary>Is told when the connection is lost and will be tried again.</summary>
    public Action<WatchInterruption>? Interrupted { get; init; }
}

/// <summary>Events that are no longer kept, so that nobody can show them.</summary>
/// <param name="After">The last event before them.</param>
/// <param name="Before">The first event after them.</param>
public sealed record RunGap(long After, long Before);

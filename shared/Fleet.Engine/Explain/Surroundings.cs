namespace Fleet.Engine.Explain;

/// <summary>What around a run decides whether it runs, all of the same moment.</summary>
internal sealed record Surroundings
{
    /// <summary>The moment, by Redis's clock.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How long a worker may go unheard of.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>The workers that live.</summary>
    public required IReadOnlyList<WorkerInfo> Workers { get; init; }

    /// <summary>The queues that are paused.</summary>
    public required IReadOnlySet<string> Paused { get; init; }

    /// <summary>How many runs ended a second, lately.</summary>
    public required double Rate { get; init; }

    /// <summary>Whether the run is one of Fleet's own, which API processes execute.</summary>
    public required bool IsSystem { get; init; }

    /// <summary>The workers that take runs from a queue.</summary>
    public IReadOnlyList<WorkerInfo> Serving(string queue) =>
        [.. Workers.Where(worker => worker.Queues.Contains("*") || worker.Queues.Contains(queue))];
}

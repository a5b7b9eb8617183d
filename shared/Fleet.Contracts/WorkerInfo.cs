namespace Fleet;

/// <summary>A worker of the fleet (contract: GET /v1/workers).</summary>
public sealed record WorkerInfo
{
    /// <summary>Its name, unique in the fleet.</summary>
    public required string Id { get; init; }

    /// <summary>The host it runs on.</summary>
    public required string Host { get; init; }

    /// <summary>Its process id on that host.</summary>
    public int ProcessId { get; init; }

    /// <summary>The version of the program it is.</summary>
    public required string Version { get; init; }

    /// <summary>The queues it serves; <c>*</c> for all.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>The jobs it knows.</summary>
    public IReadOnlyList<string> Jobs { get; init; } = [];

    /// <summary>How many runs it executes at a time.</summary>
    public int Slots { get; init; }

    /// <summary>The runs it executes now.</summary>
    public IReadOnlyList<RunId> Running { get; init; } = [];

    /// <summary>When it started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When it last showed that it lives.</summary>
    public DateTimeOffset LastSeenAt { get; init; }
}

using System.Text.Json.Serialization;

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

    /// <summary>Whether it takes runs.</summary>
    public WorkerState State { get; init; }

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

/// <summary>Whether a worker takes runs. The names, in lower case, are what the wire carries.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<WorkerState>))]
public enum WorkerState
{
    /// <summary>It does.</summary>
    Connected,

    /// <summary>It was told to take nothing more; what it executes goes on. So it stays until it is started anew.</summary>
    Draining,
}

using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>A worker that came, went, was told to take nothing more, or does something else than before (contract: Worker).</summary>
/// <param name="Type">Which of these, and how.</param>
/// <param name="Worker">The worker, as it last described itself.</param>
public sealed record WorkerEvent(WorkerEventType Type, WorkerInfo Worker);

/// <summary>What happened to a worker. The names, in lower case, are what the wire carries.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<WorkerEventType>))]
public enum WorkerEventType
{
    /// <summary>It is new, or has started anew.</summary>
    Connected,

    /// <summary>It was told to take nothing more.</summary>
    Draining,

    /// <summary>It said that it ends.</summary>
    Disconnected,

    /// <summary>It was not heard of for too long.</summary>
    Timeout,

    /// <summary>It executes other runs than before, or has other slots, queues or jobs.</summary>
    Updated,
}

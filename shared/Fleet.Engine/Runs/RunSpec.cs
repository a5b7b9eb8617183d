namespace Fleet.Engine.Runs;

/// <summary>A run to be accepted, with everything decided: defaults filled in, input checked.</summary>
public sealed record RunSpec
{
    /// <summary>The job's name: lower-case letters, digits, '.', '_' and '-'.</summary>
    public required string Job { get; init; }

    /// <summary>The queue's name, of the same letters.</summary>
    public string Queue { get; init; } = "default";

    /// <summary>The line in the queue.</summary>
    public Priority Priority { get; init; } = Priority.Normal;

    /// <summary>The input as UTF-8 JSON.</summary>
    public required ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>How many attempts it may use.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long to wait before it is queued, by Redis's clock.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>When to queue it; <see cref="Delay"/> then says nothing.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What few runs have.</summary>
    public RunOptions Options { get; init; } = RunOptions.None;

    /// <summary>How many replicas must have it before its caller is told (<see cref="Redis.Replication"/>). Redis is not told of it.</summary>
    public int Replicas { get; init; }

    /// <summary>Says when another run is the same as this one.</summary>
    public UniqueRule? Unique { get; init; }

    /// <summary>The caller's name for its request, so that asking twice creates one run.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>A hash of the request, to tell whether <see cref="IdempotencyKey"/> comes with another one.</summary>
    public string Fingerprint { get; init; } = "";
}

/// <summary>What became of a <see cref="RunSpec"/>.</summary>
public enum EnqueueOutcome
{
    /// <summary>The run is stored.</summary>
    Accepted,

    /// <summary>An earlier run is the same; nothing was stored.</summary>
    Duplicate,

    /// <summary>The idempotency key came with another request before; nothing was stored.</summary>
    Conflict,
}

/// <summary>What became of a <see cref="RunSpec"/>.</summary>
/// <param name="Outcome">Whether it was stored.</param>
/// <param name="Id">The run's id, or the earlier run's.</param>
/// <param name="At">When, by Redis's clock.</param>
public readonly record struct EnqueueResult(EnqueueOutcome Outcome, RunId Id, DateTimeOffset At);

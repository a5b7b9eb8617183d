namespace Fleet;

/// <summary>A run's newest state as the feed carries it: what a list shows, without input and output.</summary>
public sealed record FeedItem
{
    /// <summary>The run's id.</summary>
    public required RunId Id { get; init; }

    /// <summary>The job's name.</summary>
    public required string Job { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The line in the queue.</summary>
    public Priority Priority { get; init; }

    /// <summary>Where the run is now.</summary>
    public required RunState State { get; init; }

    /// <summary>The newest attempt's number.</summary>
    public int Attempt { get; init; }

    /// <summary>The sequence number of the event that led here.</summary>
    public long Seq { get; init; }

    /// <summary>When it came to this state, by Redis's clock.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>The worker that executes or last executed it.</summary>
    public string? Worker { get; init; }

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
}

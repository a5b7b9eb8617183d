namespace Fleet;

/// <summary>How full a queue is (contract: GET /v1/queues).</summary>
public sealed record QueueInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How many runs wait in it.</summary>
    public long Depth { get; init; }

    /// <summary>How many runs workers took from it and have not ended yet.</summary>
    public long InFlight { get; init; }

    /// <summary>For how long the oldest run has been waiting, in seconds; 0 when none waits.</summary>
    public double Lag { get; init; }

    /// <summary>Whether nobody takes runs from it until it is resumed.</summary>
    public bool Paused { get; init; }

    /// <summary>How fast it fills and empties; null until this process has looked at the queue twice.</summary>
    public QueueRates? Rates { get; init; }

    /// <summary>The same for each of its lines, by the priority's name.</summary>
    public IReadOnlyDictionary<string, LineInfo> Priorities { get; init; } = new Dictionary<string, LineInfo>();
}

/// <summary>How full one line of a queue is.</summary>
/// <param name="Depth">How many runs wait in it.</param>
/// <param name="InFlight">How many runs workers took from it and have not ended yet.</param>
/// <param name="Lag">For how long the oldest run has been waiting, in seconds; 0 when none waits.</param>
public sealed record LineInfo(long Depth, long InFlight, double Lag);

/// <summary>How fast a queue fills and empties, over the last seconds.</summary>
/// <param name="In">Runs that entered it a second: new ones, and those that came back for another attempt.</param>
/// <param name="Out">Runs that left it a second, because their attempt ended or they were cancelled.</param>
public sealed record QueueRates(double In, double Out);

/// <summary>What became of a queue's waiting runs (contract: DELETE /v1/queues/{queue}/runs).</summary>
/// <param name="Purged">How many were cancelled by now.</param>
/// <param name="Run">The background run that cancels the rest, where there are too many for one request; null when none are left.</param>
public sealed record PurgeResult(long Purged, RunId? Run = null);

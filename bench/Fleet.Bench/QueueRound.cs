namespace Fleet.Bench;

/// <summary>The figures of one round.</summary>
internal sealed record QueueRound
{
    public required int Runs { get; init; }

    public required double EnqueuedPerSecond { get; init; }

    public required double FinishedPerSecond { get; init; }

    /// <summary>Redis CPU time to enqueue a run.</summary>
    public required double RedisEnqueueMicroseconds { get; init; }

    /// <summary>Redis CPU time to take and finish a run.</summary>
    public required double RedisFinishMicroseconds { get; init; }

    /// <summary>CPU time of all workers to take, execute and finish a run.</summary>
    public required double WorkerMicroseconds { get; init; }

    public required long WaitingBytes { get; init; }

    public required long FinishedBytes { get; init; }

    /// <summary>What Redis says of each command while the runs were finished.</summary>
    public required IReadOnlyDictionary<string, string> Commands { get; init; }

    /// <summary>The median of each figure; the commands are those of the last round.</summary>
    public static QueueRound Median(IReadOnlyList<QueueRound> rounds)
    {
        double Of(Func<QueueRound, double> figure) => rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
        return rounds[^1] with
        {
            EnqueuedPerSecond = Of(round => round.EnqueuedPerSecond),
            FinishedPerSecond = Of(round => round.FinishedPerSecond),
            RedisEnqueueMicroseconds = Of(round => round.RedisEnqueueMicroseconds),
            RedisFinishMicroseconds = Of(round => round.RedisFinishMicroseconds),
            WorkerMicroseconds = Of(round => round.WorkerMicroseconds),
            WaitingBytes = (long)Of(round => round.WaitingBytes),
            FinishedBytes = (long)Of(round => round.FinishedBytes),
        };
    }
}

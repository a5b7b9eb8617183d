using Fleet.Bench.Measuring;

namespace Fleet.Bench.Queue;

/// <summary>The figures of one round, or the medians of several. Times are CPU time in µs a run.</summary>
internal record QueueRow
{
    /// <summary>Whose figures they are: <c>fleet</c>, or a peer.</summary>
    public string System { get; init; } = "fleet";

    public required int Runs { get; init; }

    public int Rounds { get; init; } = 1;

    public required int Payload { get; init; }

    public required int Workers { get; init; }

    public required int Queues { get; init; }

    /// <summary>How many runs a worker executes at a time.</summary>
    public required int Slots { get; init; }

    public required bool AppendOnly { get; init; }

    /// <summary>Accepted a second, in batches.</summary>
    public required double EnqueuedPerSecond { get; init; }

    /// <summary>Accepted a second, one a call, by many callers at a time. Zero where that was not measured.</summary>
    public double SingleEnqueuedPerSecond { get; init; }

    public required double FinishedPerSecond { get; init; }

    /// <summary>Redis, to enqueue a run in a batch.</summary>
    public required double RedisEnqueueMicroseconds { get; init; }

    /// <summary>Redis, to enqueue a run alone.</summary>
    public double RedisSingleEnqueueMicroseconds { get; init; }

    /// <summary>Redis, to take and finish a run.</summary>
    public required double RedisFinishMicroseconds { get; init; }

    /// <summary>Redis, from a run's batch to its end.</summary>
    public double RedisMicroseconds => RedisEnqueueMicroseconds + RedisFinishMicroseconds;

    /// <summary>All workers, to take, execute and finish a run.</summary>
    public required double WorkerMicroseconds { get; init; }

    /// <summary>Each worker's part of that.</summary>
    public IReadOnlyList<double> EachWorkerMicroseconds { get; init; } = [];

    /// <summary>The process that enqueues, in batches.</summary>
    public required double ClientMicroseconds { get; init; }

    /// <summary>The process that enqueues, one a call.</summary>
    public double SingleClientMicroseconds { get; init; }

    /// <summary>Redis's memory for a run that waits.</summary>
    public required long WaitingBytes { get; init; }

    /// <summary>Redis's memory for a run that has ended.</summary>
    public required long FinishedBytes { get; init; }

    /// <summary>What Redis says of each command while the runs were finished.</summary>
    public IReadOnlyDictionary<string, string> Commands { get; init; } = new Dictionary<string, string>();

    /// <summary>The median of each figure; the commands and each worker's part are those of the last round.</summary>
    public static QueueRow Median(IReadOnlyList<QueueRow> rounds)
    {
        double Of(Func<QueueRow, double> figure) => Figures.Median(rounds.Select(figure));
        return rounds[^1] with
        {
            Rounds = rounds.Count,
            EnqueuedPerSecond = Of(round => round.EnqueuedPerSecond),
            SingleEnqueuedPerSecond = Of(round => round.SingleEnqueuedPerSecond),
            FinishedPerSecond = Of(round => round.FinishedPerSecond),
            RedisEnqueueMicroseconds = Of(round => round.RedisEnqueueMicroseconds),
            RedisSingleEnqueueMicroseconds = Of(round => round.RedisSingleEnqueueMicroseconds),
            RedisFinishMicroseconds = Of(round => round.RedisFinishMicroseconds),
            WorkerMicroseconds = Of(round => round.WorkerMicroseconds),
            ClientMicroseconds = Of(round => round.ClientMicroseconds),
            SingleClientMicroseconds = Of(round => round.SingleClientMicroseconds),
            WaitingBytes = (long)Of(round => round.WaitingBytes),
            FinishedBytes = (long)Of(round => round.FinishedBytes),
        };
    }
}

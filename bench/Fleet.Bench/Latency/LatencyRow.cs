using Fleet.Bench.Measuring;

namespace Fleet.Bench.Latency;

/// <summary>The latencies of one round, or the medians of several. CPU times are µs a run.</summary>
internal sealed record LatencyRow
{
    public required string Load { get; init; }

    public required bool AppendOnly { get; init; }

    public int Rounds { get; init; } = 1;

    /// <summary>From the moment when a run was to be enqueued to the start of its handler.</summary>
    public required Distribution Start { get; init; }

    /// <summary>From the same moment to the news of its final state.</summary>
    public required Distribution Final { get; init; }

    public required double RedisMicroseconds { get; init; }

    public required double WorkerMicroseconds { get; init; }

    public required double ClientMicroseconds { get; init; }

    public static LatencyRow Median(IReadOnlyList<LatencyRow> rounds)
    {
        double Of(Func<LatencyRow, double> figure) => Figures.Median(rounds.Select(figure));
        return rounds[^1] with
        {
            Rounds = rounds.Count,
            Start = Distribution.Median([.. rounds.Select(round => round.Start)]),
            Final = Distribution.Median([.. rounds.Select(round => round.Final)]),
            RedisMicroseconds = Of(round => round.RedisMicroseconds),
            WorkerMicroseconds = Of(round => round.WorkerMicroseconds),
            ClientMicroseconds = Of(round => round.ClientMicroseconds),
        };
    }
}

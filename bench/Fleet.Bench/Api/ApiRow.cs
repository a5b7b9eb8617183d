using Fleet.Bench.Measuring;

namespace Fleet.Bench.Api;

/// <summary>The figures of one round, or the medians of several. CPU times are µs a run, other times ms.</summary>
internal sealed record ApiRow
{
    /// <summary>One for a POST a run, otherwise so many in an NDJSON batch.</summary>
    public required int RunsPerRequest { get; init; }

    public required int Connections { get; init; }

    public required bool AppendOnly { get; init; }

    public required int Runs { get; init; }

    public int Rounds { get; init; } = 1;

    public required double AcceptedPerSecond { get; init; }

    /// <summary>How long a request took.</summary>
    public required Distribution Request { get; init; }

    /// <summary>How many runs the worker had finished, a second, when the last was accepted: it works at the same time.</summary>
    public required double FinishedMeanwhilePerSecond { get; init; }

    public required double RedisMicroseconds { get; init; }

    public required double ApiMicroseconds { get; init; }

    /// <summary>For what the worker finished meanwhile, as a share of all runs that were accepted.</summary>
    public required double WorkerMicroseconds { get; init; }

    /// <summary>What makes the load.</summary>
    public required double ClientMicroseconds { get; init; }

    public static ApiRow Median(IReadOnlyList<ApiRow> rounds)
    {
        double Of(Func<ApiRow, double> figure) => Figures.Median(rounds.Select(figure));
        return rounds[^1] with
        {
            Rounds = rounds.Count,
            AcceptedPerSecond = Of(round => round.AcceptedPerSecond),
            Request = Distribution.Median([.. rounds.Select(round => round.Request)]),
            FinishedMeanwhilePerSecond = Of(round => round.FinishedMeanwhilePerSecond),
            RedisMicroseconds = Of(round => round.RedisMicroseconds),
            ApiMicroseconds = Of(round => round.ApiMicroseconds),
            WorkerMicroseconds = Of(round => round.WorkerMicroseconds),
            ClientMicroseconds = Of(round => round.ClientMicroseconds),
        };
    }
}

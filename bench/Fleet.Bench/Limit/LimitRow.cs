using Fleet.Bench.Measuring;

namespace Fleet.Bench.Limit;

/// <summary>Redis's CPU time in µs a run, and its memory in bytes a run.</summary>
internal sealed record LimitRow(
    int Runs, int Rounds, bool AppendOnly, double EnqueueMicroseconds, double TakeMicroseconds, double FinishMicroseconds,
    long WaitingBytes, long FinishedBytes, double ClientMicroseconds)
{
    public double RedisMicroseconds => EnqueueMicroseconds + TakeMicroseconds + FinishMicroseconds;

    public static LimitRow Median(IReadOnlyList<LimitRow> rounds)
    {
        double Of(Func<LimitRow, double> figure) => Figures.Median(rounds.Select(figure));
        return rounds[^1] with
        {
            Rounds = rounds.Count,
            EnqueueMicroseconds = Of(round => round.EnqueueMicroseconds),
            TakeMicroseconds = Of(round => round.TakeMicroseconds),
            FinishMicroseconds = Of(round => round.FinishMicroseconds),
            ClientMicroseconds = Of(round => round.ClientMicroseconds),
        };
    }
}

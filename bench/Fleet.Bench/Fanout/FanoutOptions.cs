using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout;

/// <summary>What the command was told; what it was not told, each case knows for itself.</summary>
internal sealed record FanoutOptions(
    int? Clients, int Servers, double? Rate, int? Size, int? Slow, long? SlowReads, int? Seconds, IReadOnlyList<Contender> Against)
{
    /// <summary>How long the servers are warmed up.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    /// <summary>How long a measurement lasts.</summary>
    public TimeSpan Lasts(int seconds) => TimeSpan.FromSeconds(Seconds ?? seconds);
}

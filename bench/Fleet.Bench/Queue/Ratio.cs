namespace Fleet.Bench.Queue;

/// <summary>How many times as much Fleet does as a peer, with the same Redis, runs and payload.</summary>
internal sealed record Ratio(string Peer, bool AppendOnly, double Enqueued, double Finished, double RedisCpu, double WorkerCpu)
{
    /// <summary>The CPU times are those of the peer by those of Fleet: above 1 Fleet needs less.</summary>
    public static Ratio Of(QueueRow fleet, QueueRow peer) => new(
        peer.System,
        peer.AppendOnly,
        fleet.EnqueuedPerSecond / peer.EnqueuedPerSecond,
        fleet.FinishedPerSecond / peer.FinishedPerSecond,
        peer.RedisMicroseconds / fleet.RedisMicroseconds,
        peer.WorkerMicroseconds / fleet.WorkerMicroseconds);
}

using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout;

/// <summary>One measurement.</summary>
internal sealed record FanoutRow
{
    /// <summary>What was measured.</summary>
    public required string Case { get; init; }

    /// <summary>Whose servers.</summary>
    public required Contender System { get; init; }

    public required int Clients { get; init; }

    public required int Servers { get; init; }

    /// <summary>Messages or events published a second.</summary>
    public required double Rate { get; init; }

    /// <summary>Bytes of a message.</summary>
    public required int Size { get; init; }

    /// <summary>How many were published a second in truth: fewer than <see cref="Rate"/> where the load itself could not keep up.</summary>
    public required double PublishedPerSecond { get; init; }

    public required long Deliveries { get; init; }

    public required double DeliveriesPerSecond { get; init; }

    /// <summary>From publish to receipt, in ms.</summary>
    public required double P50 { get; init; }

    public required double P99 { get; init; }

    public required double Max { get; init; }

    /// <summary>CPU time of all servers for each delivery, in microseconds.</summary>
    public required double ServerMicroseconds { get; init; }

    /// <summary>CPU time of Redis for each message published, in microseconds.</summary>
    public required double RedisMicroseconds { get; init; }

    /// <summary>Commands that Redis executed for each message published, those of scripts among them.</summary>
    public required double RedisCommands { get; init; }

    /// <summary>The same by command.</summary>
    public required IReadOnlyDictionary<string, double> RedisCommandsByName { get; init; }

    /// <summary>How many cores the load itself used; null where it is another program.</summary>
    public double? LoadCores { get; init; }

    /// <summary>Bytes of server memory for each connection held, before anything was published.</summary>
    public double? MemoryPerConnection { get; init; }

    /// <summary>By how many bytes the servers' memory grew at most while messages were published.</summary>
    public required long MemoryGrowth { get; init; }

    /// <summary>By how many bytes what is alive in the servers' managed heaps grew; null where servers do not tell.</summary>
    public long? HeapGrowth { get; init; }

    public required Reckoning Reckoning { get; init; }
}

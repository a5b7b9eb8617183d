using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Redis;

/// <summary>Waits until replicas have what was written, for callers to whom the master's word is not enough.</summary>
/// <remarks>
/// WAIT blocks its connection, so it has one of its own, for each number of replicas that is asked for. Whoever comes while a WAIT is under way
/// shares the next one.
/// </remarks>
public sealed partial class Replication : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly FleetKeys _keys;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<int, ReplicaWait> _waits = new();

    internal Replication(RedisConnection redis, FleetKeys keys, IOptions<FleetOptions> options, TimeProvider time, ILogger<Replication> logger)
    {
        _redis = redis;
        _keys = keys;
        _options = options.Value;
        _time = time;
        _logger = logger;
    }

    /// <summary>Waits until so many replicas have all that was written to these partitions before the call.</summary>
    /// <param name="partitions">The partitions, by index.</param>
    /// <param name="replicas">How many replicas; 0 for none.</param>
    /// <returns>False when they did not have it within <c>Fleet:ReplicationTimeout</c>. What was written stays written.</returns>
    public async Task<bool> ReachesAsync(IEnumerable<int> partitions, int replicas)
    {
        if (replicas == 0) return true;
        var wait = _waits.GetOrAdd(replicas, count => new ReplicaWait(_redis, count, _options.ReplicationTimeout));
        try
        {
            var reached = await Task.WhenAll(partitions.Distinct().Select(partition => wait.AddAsync(_keys.Partitions[partition].Replicated)))
                .WaitAsync(_options.ReplicationTimeout, _time);
            return Array.TrueForAll(reached, one => one);
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is TimeoutException or FleetException)
        {
            LogNotReached(replicas, e.Message);
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var wait in _waits.Values) await wait.DisposeAsync();
    }

    [LoggerMessage(1021, LogLevel.Warning, "Whether {Replicas} replicas have what was written is not known: {Reason}")]
    private partial void LogNotReached(int replicas, string reason);
}

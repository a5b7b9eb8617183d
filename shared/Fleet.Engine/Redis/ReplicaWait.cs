using System.Net;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>Waits for one number of replicas, on a connection that is blocked meanwhile.</summary>
internal sealed class ReplicaWait : IAsyncDisposable
{
    private const int MostPerCall = 10_000;

    /// <summary>How long the key lives that is written before each wait.</summary>
    private static readonly TimeSpan MarkTime = TimeSpan.FromMinutes(1);

    private readonly RedisConnection _redis;
    private readonly int _replicas;
    private readonly TimeSpan _longest;
    private readonly NaturalBatch<RedisKey, bool> _batch;
    private IConnectionMultiplexer? _connection;

    public ReplicaWait(RedisConnection redis, int replicas, TimeSpan longest)
    {
        _redis = redis;
        _replicas = replicas;
        _longest = longest;
        _batch = new NaturalBatch<RedisKey, bool>(MostPerCall, SendAsync);
    }

    /// <summary>Waits until the replicas have all that the master of a key was given before this call; false when they do not in time.</summary>
    public Task<bool> AddAsync(RedisKey mark) => _batch.AddAsync(mark);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection) await connection.DisposeAsync();
    }

    private async Task<IReadOnlyList<bool>> SendAsync(IReadOnlyList<RedisKey> marks)
    {
        try
        {
            var connection = _connection ??= await _redis.OpenBlockingAsync(_longest);
            var masters = await Task.WhenAll(marks.Distinct().Select(async mark =>
                (Mark: mark, Master: await connection.GetDatabase().IdentifyEndpointAsync(mark, CommandFlags.DemandMaster))));
            var reached = await Task.WhenAll(masters.GroupBy(item => item.Master!).Select(async master =>
                (Master: master.Key, Is: await WaitAsync(connection, master.Key, master.First().Mark))));
            return [.. marks.Select(mark => reached.First(one => one.Master.Equals(masters.First(item => item.Mark == mark).Master)).Is)];
        }
        catch
        {
            // Whatever state it is in, the next batch starts on a new one.
            await DisposeAsync();
            throw;
        }
    }

    /// <remarks>
    /// WAIT is about what its own connection wrote: the mark, whose place in the replication stream comes after whatever any connection
    /// wrote before.
    /// </remarks>
    private async Task<bool> WaitAsync(IConnectionMultiplexer connection, EndPoint master, RedisKey mark)
    {
        var write = connection.GetDatabase().StringSetAsync(mark, 1, MarkTime);
        var wait = connection.GetServer(master).ExecuteAsync("WAIT", _replicas, (long)_longest.TotalMilliseconds);
        await write;
        return (int)await wait >= _replicas;
    }
}

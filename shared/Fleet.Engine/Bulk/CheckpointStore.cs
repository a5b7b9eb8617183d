using System.Text.Json;
using Fleet.Engine.Redis;

namespace Fleet.Engine.Bulk;

/// <summary>How far Fleet's own background runs have come, so that another process goes on where one died.</summary>
public sealed class CheckpointStore
{
    /// <summary>A run that was left lying for longer begins anew.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;

    internal CheckpointStore(FleetKeys keys, RedisConnection redis)
    {
        _keys = keys;
        _redis = redis;
    }

    /// <summary>What was last saved for a run; null when nothing was.</summary>
    public async Task<T?> ReadAsync<T>(RunId id) where T : class =>
        (byte[]?)await _redis.Database.StringGetAsync(_keys.System.Checkpoint(id)) is { } json
            ? JsonSerializer.Deserialize<T>(json, FleetJson.Options)
            : null;

    /// <summary>Saves how far a run has come.</summary>
    public async Task SaveAsync<T>(RunId id, T state) where T : class =>
        await _redis.Database.StringSetAsync(_keys.System.Checkpoint(id), JsonSerializer.SerializeToUtf8Bytes(state, FleetJson.Options), Lifetime);
}

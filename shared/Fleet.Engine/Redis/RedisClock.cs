using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>
/// Redis's clock as far as this process knows it, for naming new runs: what Redis last said, plus what has passed since by the
/// monotonic clock. The host's own clock, which may be wrong or jump, is used only until Redis first answered.
/// </summary>
internal sealed class RedisClock(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _redis = time.GetUtcNow().ToUnixTimeMilliseconds();
    private long _at = time.GetTimestamp();

    /// <summary>Milliseconds since 1970, at most a round trip behind Redis.</summary>
    public long Now
    {
        get
        {
            lock (_lock) return _redis + (long)time.GetElapsedTime(_at).TotalMilliseconds;
        }
    }

    /// <summary>Asks Redis what time it is.</summary>
    public async Task<DateTimeOffset> ReadAsync(IDatabase redis)
    {
        var time = (string[])(await redis.ExecuteAsync("TIME"))!;
        var now = long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000;
        Observe(now);
        return DateTimeOffset.FromUnixTimeMilliseconds(now);
    }

    /// <summary>Learns what Redis's clock showed a moment ago.</summary>
    public void Observe(long unixMilliseconds)
    {
        lock (_lock)
        {
            _redis = unixMilliseconds;
            _at = time.GetTimestamp();
        }
    }
}

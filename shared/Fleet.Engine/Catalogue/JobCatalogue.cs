using System.Collections.Frozen;
using System.Text.Json;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>The jobs the fleet knows, as workers announced them.</summary>
public sealed class JobCatalogue
{
    /// <summary>How old the known catalogue may be before it is read again.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly TimeProvider _time;
    private volatile Snapshot _known = new(FrozenDictionary<string, JobInfo>.Empty, null);

    internal JobCatalogue(FleetKeys keys, RedisConnection redis, TimeProvider time)
    {
        _keys = keys;
        _redis = redis;
        _time = time;
    }

    /// <summary>Makes jobs known to the fleet.</summary>
    public async Task AnnounceAsync(IEnumerable<JobInfo> jobs)
    {
        HashEntry[] entries = [.. jobs.Select(job => new HashEntry(job.Name, JsonSerializer.SerializeToUtf8Bytes(job, FleetJson.Options)))];
        if (entries.Length == 0) return;
        await _redis.Database.HashSetAsync(_keys.Meta.Jobs, entries);
        await _redis.Database.PublishAsync(RedisChannel.Literal(_keys.Meta.Changed), "jobs");
    }

    /// <summary>All jobs, by name. At most a few seconds old.</summary>
    public async ValueTask<IReadOnlyDictionary<string, JobInfo>> ListAsync()
    {
        var known = _known;
        return known.ReadAt is { } at && _time.GetElapsedTime(at) < Fresh ? known.Jobs : await ReadAsync();
    }

    /// <summary>A job; null when no worker ever announced it.</summary>
    public async ValueTask<JobInfo?> FindAsync(string name)
    {
        // One that is not known may have been announced just now.
        var jobs = _known.Jobs.ContainsKey(name) ? await ListAsync() : await ReadAsync();
        return jobs.GetValueOrDefault(name);
    }

    private async Task<IReadOnlyDictionary<string, JobInfo>> ReadAsync()
    {
        var at = _time.GetTimestamp();
        var entries = await _redis.Database.HashGetAllAsync(_keys.Meta.Jobs);
        var jobs = entries.ToFrozenDictionary(
            entry => entry.Name.ToString(),
            entry => JsonSerializer.Deserialize<JobInfo>((byte[])entry.Value!, FleetJson.Options)!);
        _known = new Snapshot(jobs, at);
        return jobs;
    }

    private sealed record Snapshot(FrozenDictionary<string, JobInfo> Jobs, long? ReadAt);
}

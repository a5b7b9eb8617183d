using System.Globalization;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>How the runs of each job ended lately, as the scripts counted it.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class JobStatsReader
{
    private const int MinutesCountedTogether = 10;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;

    internal JobStatsReader(FleetKeys keys, RedisConnection redis, RedisClock clock)
    {
        _keys = keys;
        _redis = redis;
        _clock = clock;
    }

    /// <summary>The jobs of which runs succeeded or failed within the last minutes, by name.</summary>
    public async Task<IReadOnlyList<JobStats>> GetAsync(int minutes)
    {
        const int Ms = MinutesCountedTogether * 60_000;
        var current = _clock.Now / Ms;
        var first = (_clock.Now - minutes * 60_000L) / Ms;
        var parts = from partition in _keys.Partitions
                    from part in Enumerable.Range(0, (int)(current - first) + 1)
                    select _redis.Database.HashGetAllAsync(partition.StatsJobs(first + part));

        var jobs = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        foreach (var counter in (await Task.WhenAll(parts)).SelectMany(part => part))
        {
            // "job state bucket"; neither of them holds a space.
            var name = counter.Name.ToString().Split(' ');
            if (!jobs.TryGetValue(name[0], out var tally)) jobs[name[0]] = tally = new Tally();
            tally.Add(name[1], name[2], (long)counter.Value);
        }

        return [.. jobs.Select(job => job.Value.Show(job.Key))];
    }

    private sealed class Tally
    {
        private readonly DurationBuckets _durations = new();
        private long _succeeded;
        private long _failed;

        public void Add(string state, string bucket, long count)
        {
            if (state == RunState.Succeeded.Name()) _succeeded += count;
            else _failed += count;
            // Of a run whose worker was lost nobody knows how long it took.
            if (int.TryParse(bucket, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) _durations.Add(number, count);
        }

        public JobStats Show(string job) =>
            new(job, _succeeded, _failed, new JobDurations(_durations.Quantile(0.5), _durations.Quantile(0.95), _durations.Quantile(0.99)));
    }
}

using System.Globalization;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Doctor;

/// <summary>Whether Redis is new enough, keeps what it is given, has room, answers soon, and what its clock shows.</summary>
internal sealed class RedisExamination(RedisConnection redis, FleetOptions options, TimeProvider time)
{
    private const int Pings = 10;

    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Skewed = TimeSpan.FromSeconds(2);

    public async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        var findings = new List<Finding>();
        foreach (var server in redis.Shared.GetServers().Where(server => server.IsConnected && !server.IsReplica))
        {
            var info = await RedisInfo.ReadAsync(server);
            findings.AddRange([Version(info), Persistence(info), Eviction(info), Memory(info), await LatencyAsync(server, info), await ClockAsync(server, info)]);
            if (Replicas(info) is { } replicas) findings.Add(replicas);
        }

        return findings;
    }

    private static Finding Version(RedisInfo info)
    {
        var version = info.Text("redis_version");
        return System.Version.TryParse(version, out var parsed) && parsed < new Version(7, 0)
            ? new Finding("redis-version", FindingLevel.Problem, $"Redis at {info.Server} is {version}; Fleet needs 7.0 or newer.", "Upgrade it.")
            : new Finding("redis-version", FindingLevel.Fine, $"Redis at {info.Server} is {version}.");
    }

    private static Finding Persistence(RedisInfo info)
    {
        if (info.Number("aof_enabled") == 1)
        {
            return info.Text("aof_last_write_status") is "ok" or ""
                ? new Finding("redis-persistence", FindingLevel.Fine, "It keeps an append-only file.")
                : new Finding("redis-persistence", FindingLevel.Problem, "It cannot write its append-only file, and refuses to take anything more.", "Look for a full disk, and into Redis's log.");
        }

        const string Advice = "Turn the append-only file on: appendonly yes in redis.conf, and redis-cli CONFIG SET appendonly yes";
        return info.Text("rdb_last_bgsave_status") is "ok" or ""
            ? new Finding("redis-persistence", FindingLevel.Warning, "It keeps no append-only file: when it crashes, runs that were accepted since its last snapshot are lost.", Advice)
            : new Finding("redis-persistence", FindingLevel.Problem, "It keeps no append-only file, and its last snapshot failed.", Advice);
    }

    private static Finding Eviction(RedisInfo info)
    {
        var policy = info.Text("maxmemory_policy");
        if (policy is not ("noeviction" or ""))
        {
            return new Finding("redis-eviction", FindingLevel.Problem, $"Its maxmemory-policy is {policy}: when it is full, it drops runs that were accepted.",
                "Set it to noeviction, in redis.conf and with: redis-cli CONFIG SET maxmemory-policy noeviction");
        }

        return info.Number("evicted_keys") is > 0 and var dropped
            ? new Finding("redis-eviction", FindingLevel.Problem, $"It evicts nothing now, but has dropped {dropped} keys since it started.", "Look for runs that are missing; who else uses this Redis?")
            : new Finding("redis-eviction", FindingLevel.Fine, "It evicts nothing: when it is full, it refuses new runs.");
    }

    private static Finding Memory(RedisInfo info)
    {
        var used = info.Number("used_memory") ?? 0;
        var most = info.Number("maxmemory") ?? 0;
        if (most == 0)
        {
            return new Finding("redis-memory", FindingLevel.Notice, $"It uses {Size(used)} and has no limit: it grows until its machine has no memory left.",
                "Set maxmemory to two thirds of what it may have.");
        }

        var part = (double)used / most;
        var text = string.Create(CultureInfo.InvariantCulture, $"It uses {Size(used)} of {Size(most)} ({part * 100:0} %).");
        const string Advice = "Keep final runs for less long (Fleet:Retention), delete some (./fleet bulk delete), or give Redis more memory (maxmemory).";
        return part > 0.9 ? new Finding("redis-memory", FindingLevel.Problem, $"{text} Full, it refuses new runs.", Advice)
            : part > 0.75 ? new Finding("redis-memory", FindingLevel.Warning, text, Advice)
            : new Finding("redis-memory", FindingLevel.Fine, text);
    }

    private async Task<Finding> LatencyAsync(IServer server, RedisInfo info)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < Pings; i++)
        {
            var from = time.GetTimestamp();
            await server.PingAsync();
            times.Add(time.GetElapsedTime(from));
        }

        times.Sort();
        var (half, most) = (times[Pings / 2], times[^1]);
        var text = string.Create(CultureInfo.InvariantCulture, $"It answers within {half.TotalMilliseconds:0.0} ms, at most {most.TotalMilliseconds:0.0} ms.");
        return half < Slow ? new Finding("redis-latency", FindingLevel.Fine, text)
            : new Finding("redis-latency", FindingLevel.Warning, text,
                $"Every step of a run waits for it: look for other users of {info.Server} (redis-cli SLOWLOG GET), a busy machine, or a long way there.");
    }

    private async Task<Finding> ClockAsync(IServer server, RedisInfo info)
    {
        var skew = time.GetUtcNow() - await server.TimeAsync();
        var apart = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(skew.TotalSeconds):0.0} s");
        return skew.Duration() < Skewed ? new Finding("clock-skew", FindingLevel.Fine, $"Its clock and that of the API's machine are {apart} apart.")
            : new Finding("clock-skew", FindingLevel.Warning, $"The clock of the API's machine is {apart} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} that of Redis at {info.Server}.",
                "Fleet goes by Redis's clock alone, so nothing breaks; but schedules tick by it, and logs disagree. Have both machines set their clocks (NTP).");
    }

    private Finding? Replicas(RedisInfo info)
    {
        if (!Fleet.Durability.TryParse(options.Durability, out var wanted) || wanted == 0) return null;
        var there = info.Number("connected_slaves") ?? 0;
        return there >= wanted ? new Finding("redis-replicas", FindingLevel.Fine, $"It has {there} replicas; Fleet:Durability asks for {wanted}.")
            : new Finding("redis-replicas", FindingLevel.Problem, $"It has {there} replicas, and Fleet:Durability asks for {wanted}: submissions are refused.", "Start replicas, or ask for fewer.");
    }

    private static string Size(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB");
}

using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Catalogue;

/// <summary>How full the queues are, read from where the runs are.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class QueueReader
{
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly QueueRegistry _queues;
    private readonly TimeProvider _time;
    private readonly QueueMeter _meter;

    internal QueueReader(FleetKeys keys, RedisConnection redis, RedisClock clock, QueueRegistry queues, TimeProvider time)
    {
        _keys = keys;
        _redis = redis;
        _clock = clock;
        _queues = queues;
        _time = time;
        _meter = new QueueMeter(time);
    }

    /// <summary>All queues ever used, in alphabetical order.</summary>
    public async Task<IReadOnlyList<QueueInfo>> ListAsync()
    {
        var roll = await _queues.CallRollAsync();
        return await Task.WhenAll(roll.Names.Select(queue => ReadAsync(queue, roll)));
    }

    /// <summary>The same, each with its rates: where this process sees a queue for the first time, it looks twice, which takes half a second.</summary>
    public async Task<IReadOnlyList<QueueInfo>> ListWithRatesAsync()
    {
        var queues = await ListAsync();
        if (queues.All(queue => queue.Rates is not null)) return queues;
        // A timer may be early by a little.
        await Task.Delay(QueueMeter.Least * 1.1, _time);
        return await ListAsync();
    }

    /// <summary>One queue; null when there is none of this name.</summary>
    public async Task<QueueInfo?> FindAsync(string queue)
    {
        var roll = await _queues.CallRollAsync();
        return roll.Names.Contains(queue) ? await ReadAsync(queue, roll) : null;
    }

    private async Task<QueueInfo> ReadAsync(string queue, QueueRoll roll)
    {
        var parts = await Task.WhenAll(Priorities.All.Select(priority =>
            Task.WhenAll(_keys.Partitions.Select(partition => ReadAsync(partition.Stream(queue, priority))))));
        var lines = parts.Select(line => Sum([.. line.Select(part => part.Line)])).ToArray();
        var all = Sum(lines);
        var entered = parts.Sum(line => line.Sum(part => part.Entered));
        var left = parts.Sum(line => line.Sum(part => part.Left));
        return new QueueInfo
        {
            Name = queue,
            Depth = all.Depth,
            InFlight = all.InFlight,
            Lag = all.Lag,
            Paused = roll.Paused.Contains(queue),
            Rates = _meter.Measure(queue, entered, left),
            Priorities = Priorities.All.Zip(lines).ToDictionary(line => line.First.Name(), line => line.Second),
        };
    }

    private async Task<LineReading> ReadAsync(RedisKey stream)
    {
        var redis = _redis.Database;
        var reading = StreamAsync(redis, stream);
        var group = await GroupAsync(redis, stream);
        var (length, entered) = await reading;
        return new LineReading(await LineAsync(redis, stream, length, group), entered, entered - length);
    }

    private async Task<LineInfo> LineAsync(IDatabase redis, RedisKey stream, long length, StreamGroupInfo? known)
    {
        if (known is not { } group) return new LineInfo(length, 0, 0);

        // An entry is in the stream from its queueing to its attempt's end: those that nobody holds wait.
        var waiting = Math.Max(length - group.PendingMessageCount, 0);
        if (waiting == 0) return new LineInfo(0, group.PendingMessageCount, 0);
        var oldest = await redis.StreamRangeAsync(stream, $"({group.LastDeliveredId ?? "0-0"}", "+", 1);
        return new LineInfo(waiting, group.PendingMessageCount, oldest.Length == 0 ? 0 : AgeOf(oldest[0].Id.ToString()));
    }

    /// <summary>How many entries a line has, and how many it ever had.</summary>
    private static async Task<(long Length, long Entered)> StreamAsync(IDatabase redis, RedisKey stream)
    {
        try
        {
            var info = await redis.StreamInfoAsync(stream);
            return (info.Length, info.EntriesAdded);
        }
        catch (RedisServerException e) when (e.Message.Contains("no such key", StringComparison.OrdinalIgnoreCase))
        {
            return (0, 0);
        }
    }

    /// <summary>A line's consumer group; null when there is no such line, or a Redis lost the group.</summary>
    internal static async Task<StreamGroupInfo?> GroupAsync(IDatabase redis, RedisKey stream)
    {
        try
        {
            var groups = await redis.StreamGroupInfoAsync(stream);
            return groups.Any(group => group.Name == "fleet") ? groups.First(group => group.Name == "fleet") : null;
        }
        catch (RedisServerException e) when (e.Message.Contains("no such key", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }
    }

    /// <summary>For how long an entry has been there, in seconds: its id begins with the time it was made.</summary>
    private double AgeOf(string entry)
    {
        var at = long.Parse(entry.AsSpan(0, entry.IndexOf('-', StringComparison.Ordinal)), provider: null);
        return Math.Max(_clock.Now - at, 0) / 1000.0;
    }

    private static LineInfo Sum(LineInfo[] lines) =>
        new(lines.Sum(line => line.Depth), lines.Sum(line => line.InFlight), lines.Max(line => line.Lag));

    /// <summary>A part of a line as it is now.</summary>
    /// <param name="Line">How full it is.</param>
    /// <param name="Entered">How many entries it ever had.</param>
    /// <param name="Left">How many of those are gone.</param>
    private sealed record LineReading(LineInfo Line, long Entered, long Left);
}

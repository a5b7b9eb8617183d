using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Explain;

/// <summary>Who holds a run's entry.</summary>
/// <param name="Worker">The worker's name.</param>
/// <param name="Idle">For how long it has not been heard of: since it took the run or last renewed its lease.</param>
internal sealed record EntryHolder(string Worker, TimeSpan Idle);

/// <summary>How many runs a worker would take before a run.</summary>
/// <param name="InLine">In its own line.</param>
/// <param name="IsLeast">Whether there may be more in its own line than that.</param>
/// <param name="MoreUrgent">In the queue's lines of higher priority.</param>
internal sealed record LinePosition(long InLine, bool IsLeast, long MoreUrgent)
{
    public long Ahead => InLine + MoreUrgent;
}

/// <summary>Finds where in its line a run is.</summary>
internal sealed class LineReader(FleetKeys keys, RedisConnection redis)
{
    /// <summary>How many entries are counted one by one.</summary>
    private const int MostCounted = 10_000;

    /// <summary>How many of them with one call: a call holds up everybody else's.</summary>
    private const int MostPerCall = 1000;

    /// <summary>Who holds an entry; null when nobody does, or it is no longer there.</summary>
    public async Task<EntryHolder?> HolderAsync(PartitionKeys partition, Run run, string entry)
    {
        try
        {
            var held = await redis.Database.StreamPendingMessagesAsync(
                partition.Stream(run.Queue, run.Priority), "fleet", 1, RedisValue.Null, entry, entry);
            return held.Length == 0 ? null : new EntryHolder(held[0].ConsumerName.ToString(), TimeSpan.FromMilliseconds(held[0].IdleTimeInMilliseconds));
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            return null;
        }
    }

    /// <summary>How many runs are ahead of one that waits.</summary>
    public async Task<LinePosition> PositionAsync(PartitionKeys partition, Run run, string entry)
    {
        var stream = partition.Stream(run.Queue, run.Priority);
        var (waiting, delivered) = await WaitingAsync(stream);
        var ahead = await CountAsync(stream, delivered, entry);
        // Of a long line the shorter end is counted.
        var behind = ahead < MostCounted ? 0 : await CountAsync(stream, entry, "+");
        var moreUrgent = 0L;
        var lines = from each in partition == keys.System ? [partition] : keys.Partitions
                    from priority in Priorities.All
                    where priority < run.Priority
                    select each.Stream(run.Queue, priority);
        foreach (var line in lines) moreUrgent += (await WaitingAsync(line)).Count;

        if (ahead < MostCounted) return new LinePosition(ahead, IsLeast: false, moreUrgent);
        return behind < MostCounted
            ? new LinePosition(Math.Max(waiting - 1 - behind, MostCounted), IsLeast: false, moreUrgent)
            : new LinePosition(MostCounted, IsLeast: true, moreUrgent);
    }

    /// <summary>How many entries of a line nobody holds, and the last that was handed out.</summary>
    private async Task<(long Count, string Delivered)> WaitingAsync(RedisKey stream)
    {
        var length = redis.Database.StreamLengthAsync(stream);
        var group = await QueueReader.GroupAsync(redis.Database, stream);
        return (Math.Max(await length - (group?.PendingMessageCount ?? 0), 0), group?.LastDeliveredId ?? "0-0");
    }

    private async Task<long> CountAsync(RedisKey stream, string from, string to)
    {
        var count = 0L;
        while (count < MostCounted)
        {
            var reply = await Scripts.Ahead.Call(0, [stream], [from, to, MostPerCall]).EvaluateAsync(redis.Database);
            var found = (int)reply[0];
            count += found;
            if (found < MostPerCall) break;
            from = (string)reply[1]!;
        }

        return count;
    }
}

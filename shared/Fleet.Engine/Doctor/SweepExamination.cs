using Fleet.Engine.Explain;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Doctor;

/// <summary>Whether what is due was done: whatever is late here was not swept.</summary>
internal sealed class SweepExamination(RedisConnection redis, FleetKeys keys, FleetOptions options)
{
    /// <summary>For how long something may honestly be late: the sweep may just have changed hands.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>How many lapsed leases of a line are counted.</summary>
    private const int Most = 100;

    private const string Advice = "Any API or worker process does this; when one runs and it stays so, its log says why (the words 'sweep' and 'tick').";

    public async Task<IReadOnlyList<Finding>> ExamineAsync()
    {
        var now = await NowAsync();
        var before = now - (long)Grace.TotalMilliseconds;
        var (due, oldest) = await LateAsync(partition => partition.Due, before);
        var (ticks, first) = await LateAsync(partition => partition.Ticks, before);
        var lapsed = await LapsedAsync();
        return
        [
            due == 0 ? new Finding("due-runs", FindingLevel.Fine, "Every run that is due is in its queue.")
                : new Finding("due-runs", FindingLevel.Problem, $"{Words.Runs(due)} should be in {(due == 1 ? "its queue" : "their queues")} by now; the first was due {Ago(now, oldest)} ago.", Advice),
            ticks == 0 ? new Finding("schedules", FindingLevel.Fine, "No schedule is behind.")
                : new Finding("schedules", FindingLevel.Problem, $"{(ticks == 1 ? "A schedule" : $"{ticks} schedules")} should have ticked by now, the first one {Ago(now, first)} ago.",
                    $"{Advice} A host without time zone data (the package tzdata) puts schedules off."),
            lapsed == 0 ? new Finding("leases", FindingLevel.Fine, "No run is stuck with a worker that is not heard of.")
                : new Finding("leases", FindingLevel.Problem, $"{Words.Runs(lapsed)}{(lapsed >= Most ? " or more" : "")} should have been taken from workers that are not heard of.", Advice),
        ];
    }

    private static string Ago(long now, long at) => Words.For(TimeSpan.FromMilliseconds(now - at));

    private async Task<long> NowAsync()
    {
        var time = (string[])(await redis.Database.ExecuteAsync("TIME"))!;
        return long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000;
    }

    /// <summary>How many members of a sorted set of each partition are late, and since when the first is.</summary>
    private async Task<(long Count, long First)> LateAsync(Func<PartitionKeys, RedisKey> set, long before)
    {
        var (count, first) = (0L, before);
        foreach (var partition in keys.Partitions)
        {
            count += await redis.Database.SortedSetLengthAsync(set(partition), double.NegativeInfinity, before);
            if (await redis.Database.SortedSetRangeByRankWithScoresAsync(set(partition), 0, 0) is [var earliest]) first = Math.Min(first, (long)earliest.Score);
        }

        return (count, first);
    }

    private async Task<long> LapsedAsync()
    {
        var idle = (long)(options.Lease + Grace).TotalMilliseconds;
        var lines = from queue in await redis.Database.SetMembersAsync(keys.Meta.Queues)
                    from partition in keys.Partitions
                    from priority in Priorities.All
                    select partition.Stream(queue.ToString(), priority);
        return (await Task.WhenAll(lines.Select(async line =>
        {
            try
            {
                return (await redis.Database.ExecuteAsync("XPENDING", line, "fleet", "IDLE", idle, "-", "+", Most)).Length;
            }
            catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
            {
                return 0;
            }
        }))).Sum();
    }
}

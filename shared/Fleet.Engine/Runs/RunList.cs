using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Runs;

/// <summary>Which runs a list shows; what is absent lets everything through.</summary>
public sealed record RunFilter
{
    /// <summary>Only runs in this state.</summary>
    public RunState? State { get; init; }

    /// <summary>Only runs of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only runs of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs that this schedule created.</summary>
    public string? Schedule { get; init; }

    /// <summary>Only runs created at or after this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only runs created before this.</summary>
    public DateTimeOffset? Until { get; init; }

    internal bool Matches(Run run) =>
        (State is null || State == run.State)
        && (Job is null || Job == run.Job)
        && (Queue is null || Queue == run.Queue)
        && (Tag is null || run.Tags.Contains(Tag))
        && (Schedule is null || Schedule == run.Schedule);
}

/// <summary>Lists runs, newest first.</summary>
/// <remarks>
/// Every run is in one sorted set, in the order of the ids: <c>active</c> or that of its final state. The states that are not final
/// share a set; the few that run among many that wait are found in the pending lists, the few that are scheduled in <c>due</c>.
/// </remarks>
public sealed class RunList
{
    /// <summary>Up to how many runs of a state that is not final are gathered and sorted.</summary>
    private const int Few = 5_000;

    /// <summary>How many runs a page looks at before it ends early, so that a rare match cannot make a request endless.</summary>
    private const int MostScanned = 20_000;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RunReader _reader;
    private readonly QueueRegistry _queues;

    internal RunList(FleetKeys keys, RedisConnection redis, RunReader reader, QueueRegistry queues)
    {
        _keys = keys;
        _redis = redis;
        _reader = reader;
        _queues = queues;
    }

    /// <summary>One page. It may hold fewer than <paramref name="limit"/> runs before the end, where few of many match.</summary>
    /// <param name="filter">Which runs.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="before">The last run of the page before this one.</param>
    public async Task<Page<Run>> GetAsync(RunFilter filter, int limit, RunId? before = null)
    {
        var page = await RecordsAsync(filter, limit, before);
        return new Page<Run>([.. page.Items.Select(record => record.Run)], page.Next);
    }

    /// <summary>The same with the runs' lifecycles.</summary>
    public async Task<Page<RunRecord>> RecordsAsync(RunFilter filter, int limit, RunId? before = null)
    {
        var source = await SourceAsync(filter);
        var found = new List<RunRecord>(limit);
        var scanned = 0;
        while (true)
        {
            var wanted = Math.Max(limit - found.Count, 64);
            var ids = await source(before, wanted);
            foreach (var record in await _reader.RecordsAsync(ids))
            {
                if (!filter.Matches(record.Run)) continue;
                found.Add(record);
                if (found.Count == limit) return new Page<RunRecord>(found, await IsLastAsync(record.Run.Id) ? null : record.Run.Id.ToString());
            }

            if (ids.Count < wanted) return new Page<RunRecord>(found, null);
            before = ids[^1];
            scanned += ids.Count;
            if (scanned >= MostScanned) return new Page<RunRecord>(found, before.ToString());
        }

        async Task<bool> IsLastAsync(RunId id) => (await source(id, 1)).Count == 0;
    }

    /// <summary>Where the ids come from: gives up to so many below an id, newest first.</summary>
    private async Task<Func<RunId?, int, Task<IReadOnlyList<RunId>>>> SourceAsync(RunFilter filter)
    {
        if (filter.State is { } state && !state.IsFinal() && await GatherAsync(state) is { } gathered)
        {
            var inTime = gathered.Where(id => IsInTime(id, filter)).OrderDescending().ToList();
            return (before, count) => Task.FromResult<IReadOnlyList<RunId>>(
                [.. inTime.SkipWhile(id => before is { } last && id >= last).Take(count)]);
        }

        return (before, count) => FromIndexAsync(filter, before, count);
    }

    private async Task<IReadOnlyList<RunId>> FromIndexAsync(RunFilter filter, RunId? before, int count)
    {
        RedisValue max = before?.ToString() ?? (filter.Until is { } until ? Bound(until) : RedisValue.Null);
        RedisValue min = filter.Since is { } since ? Bound(since) : RedisValue.Null;
        // Redis's client turns bounds round that are the wrong way round, and would list what lies between them.
        if (!min.IsNull && !max.IsNull && min.CompareTo(max) >= 0) return [];
        var pages = await Task.WhenAll(_keys.Partitions.SelectMany(partition => SetsOf(partition, filter.State))
            .Select(set => _redis.Database.SortedSetRangeByValueAsync(set, min, max, Exclude.Stop, Order.Descending, take: count)));
        // A run that ended between two of these reads is in both.
        return [.. pages.SelectMany(page => page).Distinct().Select(id => RunId.Parse(id.ToString())).OrderDescending().Take(count)];
    }

    private static IEnumerable<RedisKey> SetsOf(PartitionKeys partition, RunState? state) => state switch
    {
        null => RunStates.Final.Select(partition.Final).Prepend(partition.Active),
        { } one when one.IsFinal() => [partition.Final(one)],
        _ => [partition.Active],
    };

    private static bool IsInTime(RunId id, RunFilter filter) =>
        (filter.Since is not { } since || id.UnixMilliseconds >= since.ToUnixTimeMilliseconds())
        && (filter.Until is not { } until || id.UnixMilliseconds < until.ToUnixTimeMilliseconds());

    /// <summary>The smallest id of a moment.</summary>
    private static RedisValue Bound(DateTimeOffset at) => RunId.Create(Math.Max(at.ToUnixTimeMilliseconds(), 0), 0, new byte[9]).ToString();

    /// <summary>The ids of all runs in a state that is not final, where it has a list of its own and they are few.</summary>
    private Task<List<RunId>?> GatherAsync(RunState state) => state switch
    {
        RunState.Scheduled => GatherDueAsync(),
        RunState.Running => GatherInFlightAsync(),
        _ => Task.FromResult<List<RunId>?>(null),
    };

    private async Task<List<RunId>?> GatherInFlightAsync()
    {
        var streams = from queue in await _queues.ListAsync()
                      from partition in _keys.Partitions
                      from priority in Priorities.All
                      select partition.Stream(queue, priority);
        var ids = new List<RunId>();
        foreach (var stream in streams)
        {
            var pending = await PendingAsync(stream);
            var entries = await Task.WhenAll(pending.Select(held =>
                _redis.Database.StreamRangeAsync(stream, held.MessageId, held.MessageId)));
            ids.AddRange(entries.SelectMany(found => found).Select(entry => RunId.Parse(entry["run"].ToString().AsSpan(0, RunId.TextLength))));
            if (ids.Count >= Few) return null;
        }

        return ids;
    }

    private async Task<StreamPendingMessageInfo[]> PendingAsync(RedisKey stream)
    {
        try
        {
            return await _redis.Database.StreamPendingMessagesAsync(stream, "fleet", Few, RedisValue.Null);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            // A line without its group, from a Redis that lost it, has nothing in flight.
            return [];
        }
    }

    private async Task<List<RunId>?> GatherDueAsync()
    {
        var ids = new List<RunId>();
        foreach (var partition in _keys.Partitions)
        {
            if (await _redis.Database.SortedSetLengthAsync(partition.Due) > Few) return null;
            ids.AddRange((await _redis.Database.SortedSetRangeByRankAsync(partition.Due)).Select(id => RunId.Parse(id.ToString())));
        }

        return ids;
    }
}

using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Bulk;

/// <summary>Finds all runs of a selection, page by page, or counts them. No page holds up Redis for longer than a few milliseconds.</summary>
/// <remarks>
/// A selection has a part for each listing (or, where it names its runs, for each thousand of them). A page looks at the next thousand ids
/// of a part, so it costs the same however few match, and a run that leaves the listing meanwhile makes no other be passed over.
/// </remarks>
public sealed class RunSelector
{
    private const int LookedAt = 1000;

    /// <summary>How far a run's id may be ahead of when it was created: clocks may have been set back in between.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(1);

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;

    internal RunSelector(FleetKeys keys, RedisConnection redis)
    {
        _keys = keys;
        _redis = redis;
    }

    /// <summary>The runs from a cursor on. A page may be empty before the end.</summary>
    public async Task<SelectionPage> NextAsync(RunSelection selection, SelectionCursor cursor)
    {
        var parts = PartsOf(selection);
        if (cursor.Part >= parts.Count) return new SelectionPage([], null);

        var part = parts[cursor.Part];
        var (filter, (from, to)) = (selection.Filter, BoundsOf(selection));
        var call = Scripts.Select.Call(part.Runs.Count, [part.Listing],
            [part.Partition.RunPrefix, cursor.After is { } after ? $"({after}" : from, to, LookedAt, selection.By.ToUnixTimeMilliseconds(),
                $",{string.Join(',', selection.States.Select(state => state.Name()))},",
                filter.Job ?? "", filter.Queue ?? "", filter.Tag ?? "", filter.Schedule ?? ""]);
        foreach (var id in part.Runs) call.Add([part.Partition.Run(id)]);
        var reply = (string[])(await call.EvaluateAsync(_redis.Database))!;

        var ids = reply.Skip(1).Select(id => RunId.Parse(id)).Where(id => IsInTime(id, filter)).ToList();
        SelectionCursor? next = reply[0].Length > 0 ? new SelectionCursor(cursor.Part, RunId.Parse(reply[0]))
            : cursor.Part + 1 < parts.Count ? new SelectionCursor(cursor.Part + 1, null)
            : null;
        return new SelectionPage(ids, next);
    }

    /// <summary>How many runs match, exactly. Where only state and time matter the listings know; otherwise every run of them is looked at.</summary>
    public async Task<long> CountAsync(RunSelection selection)
    {
        var count = 0L;
        if (IsWholeListings(selection))
        {
            var (from, to) = BoundsOf(selection);
            foreach (var part in PartsOf(selection))
                count += (long)await _redis.Database.ExecuteAsync("ZLEXCOUNT", part.Listing, from, to);
            return count;
        }

        SelectionCursor? cursor = new SelectionCursor(0, null);
        while (cursor is { } at)
        {
            var page = await NextAsync(selection, at);
            count += page.Ids.Count;
            cursor = page.Next;
        }

        return count;
    }

    /// <summary>Whether every run of the listings matches, as long as nothing happens between now and the selection's moment.</summary>
    private static bool IsWholeListings(RunSelection selection) =>
        selection.Filter is { Job: null, Queue: null, Tag: null, Schedule: null, Ids: null }
        && (selection.States.All(state => state.IsFinal()) || RunStates.All.Where(state => !state.IsFinal()).All(selection.States.Contains));

    private List<Part> PartsOf(RunSelection selection)
    {
        if (selection.Filter.Ids is { } ids)
        {
            return [.. ids.Distinct().Where(id => _keys.Of(id) is { } partition && partition != _keys.System)
                .GroupBy(id => id.Partition)
                .SelectMany(runs => runs.Chunk(LookedAt))
                .Select(runs => new Part(_keys.Of(runs[0])!, _keys.Of(runs[0])!.Active, runs))];
        }

        var final = selection.States.Where(state => state.IsFinal()).ToList();
        var hasOthers = final.Count < selection.States.Count;
        return [.. from partition in _keys.Partitions
                   from listing in final.Select(partition.Final).Concat(hasOthers ? [partition.Active] : [])
                   select new Part(partition, listing, [])];
    }

    /// <summary>The first and the last id that matter, as ZRANGEBYLEX has them.</summary>
    private static (string From, string To) BoundsOf(RunSelection selection)
    {
        var last = selection.By + Ahead;
        var until = selection.Filter.Until is { } given && given < last ? given : last;
        return (selection.Filter.Since is { } since ? $"[{Smallest(since)}" : "-", $"({Smallest(until)}");
    }

    private static bool IsInTime(RunId id, BulkFilter filter) =>
        (filter.Since is not { } since || id.UnixMilliseconds >= since.ToUnixTimeMilliseconds())
        && (filter.Until is not { } until || id.UnixMilliseconds < until.ToUnixTimeMilliseconds());

    /// <summary>The smallest id of a moment.</summary>
    private static RunId Smallest(DateTimeOffset at) => RunId.Create(Math.Max(at.ToUnixTimeMilliseconds(), 0), 0, new byte[9]);

    private sealed record Part(PartitionKeys Partition, RedisKey Listing, IReadOnlyList<RunId> Runs);
}

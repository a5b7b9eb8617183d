using Fleet.Engine.Catalogue;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>Reads what a watcher of the feed starts from.</summary>
public sealed class FeedReader
{
    /// <summary>How many runs a snapshot shows at most.</summary>
    public const int MostRuns = 100;

    private readonly RunList _list;
    private readonly RunReader _reader;
    private readonly StatsReader _stats;

    internal FeedReader(RunList list, RunReader reader, StatsReader stats)
    {
        _list = list;
        _reader = reader;
        _stats = stats;
    }

    /// <summary>
    /// How many runs are in each state, and the newest runs that pass <paramref name="filter"/>, or the page of them that it asks for, as
    /// they are now.
    /// </summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<FeedSnapshot> SnapshotAsync(FeedFilter filter)
    {
        var counts = _stats.CountsAsync();
        var (runs, next) = await PageAsync(filter);
        return new FeedSnapshot(await counts, runs, next);
    }

    /// <summary>The runs of a snapshot, without the counts.</summary>
    internal async Task<(IReadOnlyList<FeedItem> Runs, string? Next)> PageAsync(FeedFilter filter)
    {
        var limit = filter.Page?.Limit ?? MostRuns;
        var (runs, next) = filter.Ids is { } ids ? await FromIdsAsync(filter, ids, limit) : await FromListsAsync(filter, limit);
        return ([.. runs.Select(Summary)], filter.Page is null ? null : next);
    }

    private async Task<(IReadOnlyList<RunRecord> Runs, string? Next)> FromIdsAsync(FeedFilter filter, IReadOnlyList<RunId> ids, int limit)
    {
        var before = filter.Page?.Cursor;
        var wanted = ids.Where(id => before is not { } cursor || id.CompareTo(cursor) < 0).Distinct().OrderDescending();
        var runs = (await _reader.RecordsAsync(wanted)).Where(record => Matches(filter, record.Run)).ToList();
        // Whoever names runs wants to see them all, unless asking for a page of them.
        if (filter.Page is null || runs.Count <= limit) return (runs, null);
        return (runs.GetRange(0, limit), runs[limit - 1].Run.Id.ToString());
    }

    private async Task<(IReadOnlyList<RunRecord> Runs, string? Next)> FromListsAsync(FeedFilter filter, int limit)
    {
        // Each state has a list of its own; without a choice of states there is one of all runs.
        var states = filter.State is { } chosen ? chosen.Distinct().Select(state => (RunState?)state) : [null];
        var pages = await Task.WhenAll(states.Select(state => _list.RecordsAsync(
            new RunFilter { State = state, Job = filter.Job, Queue = filter.Queue, Tag = filter.Tag }, limit, filter.Page?.Cursor)));
        // Down to where every list was looked through. A run that changes its state meanwhile may stand in two of them.
        var reached = pages.Max(page => page.Next is { } next ? RunId.Parse(next) : (RunId?)null);
        var runs = pages.SelectMany(page => page.Items).DistinctBy(record => record.Run.Id)
            .Where(record => reached is not { } last || record.Run.Id.CompareTo(last) >= 0)
            .OrderByDescending(record => record.Run.Id).ToList();
        if (runs.Count > limit) return (runs.GetRange(0, limit), runs[limit - 1].Run.Id.ToString());
        return (runs, reached?.ToString());
    }

    private static bool Matches(FeedFilter filter, Run run) =>
        filter.MatchesState(run.State)
        && (filter.Job is null || filter.Job == run.Job)
        && (filter.Queue is null || filter.Queue == run.Queue)
        && (filter.Tag is null || run.Tags.Contains(filter.Tag));

    private static FeedItem Summary(RunRecord record)
    {
        // The state's own event, as the live feed has it; progress and log lines come after it without changing the state.
        var cause = record.Lifecycle[^1];
        return new FeedItem
        {
            Id = record.Run.Id,
            Job = record.Run.Job,
            Queue = record.Run.Queue,
            Priority = record.Run.Priority,
            State = record.Run.State,
            Attempt = record.Run.Attempt,
            Seq = cause.Seq,
            At = cause.At,
            Worker = record.Run.Worker,
            Tags = record.Run.Tags,
        };
    }
}

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
    private readonly StatsReader _stats;

    internal FeedReader(RunList list, StatsReader stats)
    {
        _list = list;
        _stats = stats;
    }

    /// <summary>How many runs are in each state, and the newest runs that pass <paramref name="filter"/>, as they are now.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<FeedSnapshot> SnapshotAsync(FeedFilter filter)
    {
        var counts = _stats.CountsAsync();
        // Each state has a list of its own; without a choice of states there is one of all runs.
        var states = filter.State is { } chosen ? chosen.Distinct().Select(state => (RunState?)state) : [null];
        var pages = await Task.WhenAll(states.Select(state => _list.RecordsAsync(
            new RunFilter { State = state, Job = filter.Job, Queue = filter.Queue, Tag = filter.Tag }, MostRuns)));
        // A run that changes its state meanwhile may stand in two lists.
        var newest = pages.SelectMany(page => page.Items).DistinctBy(record => record.Run.Id)
            .OrderByDescending(record => record.Run.Id).Take(MostRuns);
        return new FeedSnapshot(await counts, [.. newest.Select(Summary)]);
    }

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

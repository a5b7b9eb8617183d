using Fleet.Engine.Live;

namespace Fleet.Hangfire.Feed;

/// <summary>What a part of the feeds tells.</summary>
internal sealed class FeedChanges(IReadOnlyList<string?> positions)
{
    private readonly Dictionary<RunId, FeedItem> _newest = [];
    private readonly Dictionary<(int Partition, Ending Ending, long Hour), long> _ended = [];
    private readonly List<(RunId Id, Ending Ending)> _left = [];
    private readonly List<FeedItem> _returned = [];
    private readonly Dictionary<int, IReadOnlyDictionary<RunState, long>> _tallies = [];
    private readonly Dictionary<int, IReadOnlyDictionary<RunState, long>> _restarted = [];
    private readonly string?[] _positions = [.. positions];

    /// <summary>The newest change of each run.</summary>
    public IReadOnlyDictionary<RunId, FeedItem> Newest => _newest;

    /// <summary>How many runs ended, and how, by partition and hour since 1970.</summary>
    public IReadOnlyDictionary<(int Partition, Ending Ending, long Hour), long> Ended => _ended;

    /// <summary>The runs that were retried after they had ended like this.</summary>
    public IReadOnlyList<(RunId Id, Ending Ending)> Left => _left;

    /// <summary>Changes back to waiting of runs that the feed tells nothing of before that: whether they had ended is not known.</summary>
    public IReadOnlyList<FeedItem> Returned => _returned;

    /// <summary>Of each partition whose feed was read to its end: how many runs were in each final state then.</summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<RunState, long>> Tallies => _tallies;

    /// <summary>
    /// The partitions of which something was missed, so that all is to be read anew, and how many runs were in each final state when that was seen.
    /// </summary>
    public IReadOnlyDictionary<int, IReadOnlyDictionary<RunState, long>> Restarted => _restarted;

    /// <summary>Whether it tells nothing.</summary>
    public bool IsEmpty => _newest.Count == 0 && _restarted.Count == 0;

    /// <summary>Where each partition's feed is read on after this.</summary>
    public IReadOnlyList<string?> Positions => _positions;

    public void Add(int partition, FeedPart part)
    {
        foreach (var item in part.Items) Add(partition, item);
        _positions[partition] = part.Position;
        if (part.IsLast) _tallies[partition] = part.Ended;
        else _tallies.Remove(partition);
    }

    public void Restart(int partition, FeedPart end)
    {
        foreach (var key in _ended.Keys.Where(key => key.Partition == partition).ToList()) _ended.Remove(key);
        _left.RemoveAll(left => left.Id.Partition == partition);
        _returned.RemoveAll(item => item.Id.Partition == partition);
        _positions[partition] = end.Position;
        _restarted[partition] = end.Ended;
        _tallies[partition] = end.Ended;
        // The picture is read anew as it is after this, and with it every run that is to be shown.
        foreach (var id in _newest.Keys.Where(id => id.Partition == partition).ToList()) _newest.Remove(id);
    }

    private void Add(int partition, FeedItem item)
    {
        if (item.State.IsFinal())
        {
            var key = (partition, Endings.Of(item.State), item.At.ToUnixTimeSeconds() / 3600);
            _ended[key] = _ended.GetValueOrDefault(key) + 1;
        }
        else if (item.State == RunState.Queued && item.Seq > 1)
        {
            // Every change is told, so the one before it in the feed is the one before it.
            if (_newest.TryGetValue(item.Id, out var before))
            {
                if (before.State.IsFinal()) _left.Add((item.Id, Endings.Of(before.State)));
            }
            else if (item.Seq > 2)
            {
                // A run cannot have ended with its first event.
                _returned.Add(item);
            }
        }

        _newest[item.Id] = item;
    }
}

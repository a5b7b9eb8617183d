using Fleet.Engine.Live;

namespace Fleet.Hangfire.Feed;

/// <summary>
/// What the feeds have told since the picture was last brought up to date: of each run the newest change, and of all of them what they do to
/// the counters. One reads the feeds into it while another brings the picture up to date, so that a slow picture makes nobody miss anything.
/// </summary>
internal sealed class FeedBacklog
{
    private readonly Lock _lock = new();
    private readonly string?[] _positions;
    private FeedChanges _changes;

    /// <summary>Begins where the picture is: a position for each partition, null for one of which nothing is known.</summary>
    public FeedBacklog(IReadOnlyList<string?> positions)
    {
        _positions = [.. positions];
        _changes = new FeedChanges(_positions);
    }

    /// <summary>Where to read on; null where nothing is known.</summary>
    public string? Position(int partition) => _positions[partition];

    /// <summary>Adds what comes next in a partition's feed.</summary>
    public void Add(int partition, FeedPart part)
    {
        lock (_lock)
        {
            _positions[partition] = part.Position;
            _changes.Add(partition, part);
        }
    }

    /// <summary>Begins a partition anew at the end of its feed: what came before is not known.</summary>
    public void Restart(int partition, FeedPart end)
    {
        lock (_lock)
        {
            _positions[partition] = end.Position;
            _changes.Restart(partition, end);
        }
    }

    /// <summary>Takes all that has come so far.</summary>
    public FeedChanges Take()
    {
        lock (_lock)
        {
            var taken = _changes;
            _changes = new FeedChanges(_positions);
            return taken;
        }
    }
}

namespace Fleet.Engine.Live;

/// <summary>The newest state of each run that changed: however slow the watcher, one state a run, and bounded; past the bound it starts afresh.</summary>
internal sealed class NewestStates(FeedFilter filter) : FeedGathering
{
    public const int MostRunsWaiting = 20_000;

    private Dictionary<RunId, FeedItem>? _waiting;
    private bool _interrupted;

    public override bool HasNews => _waiting is not null || _interrupted;

    public override void Add(IReadOnlyList<FeedItem> items)
    {
        foreach (var item in items)
        {
            if (filter.Matches(item)) Keep(item);
        }

        if (_waiting is not { Count: > MostRunsWaiting }) return;
        _waiting = null;
        _interrupted = true;
    }

    public override void Interrupt() => _interrupted = true;

    public override FeedUpdate Take()
    {
        var update = new FeedUpdate(_waiting is null ? [] : [.. _waiting.Values], _interrupted);
        _waiting = null;
        _interrupted = false;
        return update;
    }

    private void Keep(FeedItem item)
    {
        _waiting ??= [];
        // Partitions and reconnects can bring news late; the newest state of a run is the one with the highest seq.
        if (!_waiting.TryGetValue(item.Id, out var known) || known.Seq <= item.Seq) _waiting[item.Id] = item;
    }
}

namespace Fleet.Engine.Live;

/// <summary>
/// One page of a list, newest runs first, kept up to date by what the feed tells. What it holds is bounded by the page's size: what
/// does not change the page is not kept. Where a run left and one of the next page takes its place, the page has to be read again.
/// </summary>
internal sealed class LivePage(FeedFilter filter, ListWindow window) : FeedGathering
{
    private readonly List<FeedItem> _items = new(window.Limit);
    private readonly HashSet<RunId> _changed = [];
    private NewestStates? _meanwhile;
    private string? _next;
    private bool _hasMoved;

    public override bool HasNews => _changed.Count > 0 || _hasMoved;

    /// <summary>Whether the page cannot be told from what the feed says, so that it has to be read.</summary>
    public bool IsStale { get; private set; } = true;

    /// <summary>The page is about to be read: what comes from here on changes what is read.</summary>
    public void BeginReading()
    {
        IsStale = false;
        _meanwhile = new NewestStates(filter with { State = null });
    }

    /// <summary>Reading failed.</summary>
    public void GiveUpReading()
    {
        IsStale = true;
        _meanwhile = null;
    }

    /// <summary>Takes the page as it was read. What differs from what the watcher knows is news, unless it gets the page itself.</summary>
    public void EndReading(IReadOnlyList<FeedItem> runs, string? next, bool isNews)
    {
        var known = _items.ToDictionary(item => item.Id);
        var hasMoved = _next != next || !_items.Select(item => item.Id).SequenceEqual(runs.Select(item => item.Id));
        _items.Clear();
        foreach (var item in runs)
        {
            // What was read may be older than what the feed told before.
            var newest = known.GetValueOrDefault(item.Id) is { } before && before.Seq > item.Seq ? before : item;
            _items.Add(newest);
            if (newest.Seq != (isNews ? known.GetValueOrDefault(item.Id)?.Seq : item.Seq)) _changed.Add(item.Id);
        }

        _next = next;
        _hasMoved |= isNews && hasMoved;
        var meanwhile = _meanwhile!.Take();
        _meanwhile = null;
        if (meanwhile.Interrupted) IsStale = true;
        Add(meanwhile.Runs);
    }

    public override void Add(IReadOnlyList<FeedItem> items)
    {
        if (_meanwhile is not null)
        {
            _meanwhile.Add(items);
            return;
        }

        foreach (var item in items) Apply(item);
    }

    public override void Interrupt() => IsStale = true;

    public override FeedUpdate Take()
    {
        var runs = _changed.Count == 0 ? [] : _items.Where(item => _changed.Contains(item.Id)).ToList();
        var page = _hasMoved ? new FeedPage([.. _items.Select(item => item.Id)], _next) : null;
        _changed.Clear();
        _hasMoved = false;
        return new FeedUpdate(runs, Interrupted: false, Page: page);
    }

    private void Apply(FeedItem item)
    {
        if (window.Cursor is { } cursor && item.Id.CompareTo(cursor) >= 0) return;
        var place = PlaceOf(item.Id);
        var isOnPage = place < _items.Count && _items[place].Id == item.Id;
        if (isOnPage && _items[place].Seq > item.Seq) return;
        if (filter.MatchesState(item.State))
        {
            if (isOnPage) Replace(place, item);
            else if (filter.MatchesForever(item)) Insert(place, item);
        }
        else if (isOnPage)
        {
            Remove(place);
        }
    }

    private void Replace(int place, FeedItem item)
    {
        if (_items[place].Seq == item.Seq) return;
        _items[place] = item;
        _changed.Add(item.Id);
    }

    private void Insert(int place, FeedItem item)
    {
        // It may belong there, or further down: only the list knows.
        if (place == _items.Count && _next is not null) return;
        if (place == window.Limit)
        {
            // The first run of a next page that there was none of before.
            _next = _items[^1].Id.ToString();
            _hasMoved = true;
            return;
        }

        _items.Insert(place, item);
        _changed.Add(item.Id);
        _hasMoved = true;
        if (_items.Count <= window.Limit) return;
        _changed.Remove(_items[^1].Id);
        _items.RemoveAt(_items.Count - 1);
        _next = _items[^1].Id.ToString();
    }

    private void Remove(int place)
    {
        _changed.Remove(_items[place].Id);
        _items.RemoveAt(place);
        _hasMoved = true;
        // The first of the next page takes the place.
        if (_next is not null) IsStale = true;
    }

    /// <summary>Where a run is on the page, or would be.</summary>
    private int PlaceOf(RunId id)
    {
        int low = 0, high = _items.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_items[middle].Id.CompareTo(id) > 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

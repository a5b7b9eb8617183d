namespace Fleet.Hangfire;

/// <summary>What is shown, as it was last written: each run and the listing it is in.</summary>
internal sealed class Picture
{
    private readonly Dictionary<RunId, Shown> _runs = [];
    private readonly Dictionary<Listing, Dictionary<RunId, Shown>> _listings = [];
    private readonly HashSet<Listing> _changed = [.. Listing.Fixed];
    private readonly HashSet<string> _queues = [];

    public Picture(IReadOnlyDictionary<RunId, Shown> runs)
    {
        foreach (var (id, shown) in runs) Set(id, shown);
    }

    /// <summary>The runs that are shown.</summary>
    public IReadOnlyDictionary<RunId, Shown> Runs => _runs;

    /// <summary>The queues there are, by their names here.</summary>
    public IReadOnlySet<string> Queues => _queues;

    /// <summary>Every listing there is.</summary>
    public IEnumerable<Listing> Listings => Listing.Fixed.Concat(_queues.Select(queue => new Listing(ListingKind.Enqueued, queue)));

    /// <summary>The listings that are to be written again.</summary>
    public IReadOnlyCollection<Listing> Changed => _changed;

    public int Count(Listing listing) => _listings.TryGetValue(listing, out var runs) ? runs.Count : 0;

    /// <summary>The runs of a listing.</summary>
    public IReadOnlyDictionary<RunId, Shown> Members(Listing listing) =>
        _listings.TryGetValue(listing, out var runs) ? runs : new Dictionary<RunId, Shown>();

    public void Set(RunId id, Shown shown)
    {
        Remove(id);
        _runs[id] = shown;
        AddQueue(shown.Queue);
        if (!_listings.TryGetValue(shown.Listing, out var members)) _listings[shown.Listing] = members = [];
        members[id] = shown;
        _changed.Add(shown.Listing);
    }

    public void Remove(RunId id)
    {
        if (!_runs.Remove(id, out var shown)) return;
        _listings[shown.Listing].Remove(id);
        _changed.Add(shown.Listing);
    }

    /// <summary>Adds a queue, also where nothing waits in it.</summary>
    public void AddQueue(string queue)
    {
        if (_queues.Add(queue)) _changed.Add(new Listing(ListingKind.Enqueued, queue));
    }

    /// <summary>Has every listing written again: somebody else may have changed them.</summary>
    public void ChangeAll() => _changed.UnionWith(Listings);

    /// <summary>The listings were written.</summary>
    public void Settle(IEnumerable<Listing> written) => _changed.ExceptWith(written);
}

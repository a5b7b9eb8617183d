using Fleet.Hangfire.Feed;

namespace Fleet.Hangfire;

/// <summary>
/// Which runs have to be written, and which taken away, to show what the feed told: of final runs the newest, of the others as many as are
/// listed. What would be trimmed anyway is neither read nor written.
/// </summary>
internal sealed class Plan
{
    /// <summary>How many runs of a final state are listed, as Hangfire does.</summary>
    public const int FinalsListed = 500;

    private readonly HashSet<RunId> _write = [];
    private readonly HashSet<RunId> _remove = [];
    private readonly HashSet<Listing> _overfull = [];

    /// <summary>The runs to be read and written.</summary>
    public IReadOnlyCollection<RunId> Write => _write;

    /// <summary>The runs to be taken away.</summary>
    public IReadOnlyCollection<RunId> Remove => _remove;

    /// <summary>The listings that had no room for all that belongs in them.</summary>
    public IReadOnlyCollection<Listing> Overfull => _overfull;

    /// <summary>Makes the plan.</summary>
    /// <param name="picture">What is shown.</param>
    /// <param name="changes">What the feed told.</param>
    /// <param name="listed">How many runs a listing has at most that are not final.</param>
    public static Plan Of(Picture picture, FeedChanges changes, int listed)
    {
        var plan = new Plan();
        var news = changes.Newest.Values.Where(item => !picture.Runs.TryGetValue(item.Id, out var shown) || shown.Seq < item.Seq).ToList();
        var leaving = news.Where(item => picture.Runs.ContainsKey(item.Id)).GroupBy(item => picture.Runs[item.Id].Listing)
            .ToDictionary(group => group.Key, group => group.Count());

        foreach (var group in news.GroupBy(Listing.Of))
        {
            var listing = group.Key;
            if (listing.IsFinal) plan.Newest(picture, listing, group);
            else plan.AsManyAsFit(picture, listing, group, listed - picture.Count(listing) + leaving.GetValueOrDefault(listing));
        }

        return plan;
    }

    /// <summary>
    /// What is shown beyond its bounds: a run is written as it is by then, and may have come into a listing that nothing was to be added to.
    /// </summary>
    /// <param name="picture">What is shown.</param>
    /// <param name="listed">How many runs a listing has at most that are not final.</param>
    public static IReadOnlyDictionary<Listing, IReadOnlyList<RunId>> Excess(Picture picture, int listed) => picture.Changed
        .Where(listing => picture.Count(listing) > Bound(listing, listed))
        .ToDictionary(listing => listing, listing => (IReadOnlyList<RunId>)
        [
            .. InOrder(picture.Members(listing), listing.IsFinal).Skip(Bound(listing, listed)),
        ]);

    private static int Bound(Listing listing, int listed) => listing.IsFinal ? FinalsListed : listed;

    private static IEnumerable<RunId> InOrder(IReadOnlyDictionary<RunId, Shown> members, bool isNewestFirst)
    {
        var byAge = members.OrderBy(member => member.Value.At).ThenBy(member => member.Key).Select(member => member.Key);
        return isNewestFirst ? byAge.Reverse() : byAge;
    }

    private void Newest(Picture picture, Listing listing, IEnumerable<FeedItem> news)
    {
        var members = news.Select(item => (item.Id, At: item.At.ToUnixTimeMilliseconds(), IsNew: true)).ToList();
        var ids = members.Select(member => member.Id).ToHashSet();
        members.AddRange(picture.Members(listing).Where(member => !ids.Contains(member.Key)).Select(member => (member.Key, member.Value.At, false)));
        var byAge = members.OrderByDescending(member => member.At).ThenByDescending(member => member.Id).ToList();
        foreach (var (id, _, isNew) in byAge.Take(FinalsListed))
        {
            if (isNew) _write.Add(id);
        }

        foreach (var (id, _, _) in byAge.Skip(FinalsListed)) Drop(picture, id);
    }

    private void AsManyAsFit(Picture picture, Listing listing, IEnumerable<FeedItem> news, int room)
    {
        // Those that have waited longest come first.
        foreach (var item in news.OrderBy(item => item.At).ThenBy(item => item.Id))
        {
            if (room-- > 0)
            {
                _write.Add(item.Id);
                continue;
            }

            _overfull.Add(listing);
            Drop(picture, item.Id);
        }
    }

    private void Drop(Picture picture, RunId id)
    {
        if (picture.Runs.ContainsKey(id)) _remove.Add(id);
    }
}

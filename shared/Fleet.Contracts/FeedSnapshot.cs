namespace Fleet;

/// <summary>What a watcher of the feed starts from (contract: WatchFeed).</summary>
/// <param name="Counts">How many runs are in each state, by the state's name.</param>
/// <param name="Runs">The newest runs that the filter lets through, newest first.</param>
/// <param name="Next">The <c>cursor</c> of the page after this one, where the filter asks for a page; null at the end.</param>
public sealed record FeedSnapshot(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<FeedItem> Runs, string? Next = null);

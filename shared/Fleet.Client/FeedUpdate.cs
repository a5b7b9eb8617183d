namespace Fleet.Client;

/// <summary>What a watcher of the feed is told.</summary>
/// <param name="IsSnapshot">Whether it takes the place of everything before it, as when the watch begins or begins anew.</param>
/// <param name="Runs">Runs that changed, each as it is now; of a snapshot the newest runs.</param>
/// <param name="Counts">How many runs are in each state, by the state's name; null where nothing is said.</param>
/// <param name="Page">Which runs are on the page that the filter asks for; null where that did not change.</param>
public sealed record FeedUpdate(
    bool IsSnapshot, IReadOnlyList<FeedItem> Runs, IReadOnlyDictionary<string, long>? Counts = null, FeedPage? Page = null);

/// <summary>What a watcher of the workers is told.</summary>
/// <param name="Snapshot">The workers that live, when the watch begins or begins anew.</param>
/// <param name="Change">Or one that came, went, was told to take nothing more, or does something else than before.</param>
public sealed record WorkersUpdate(IReadOnlyList<WorkerInfo>? Snapshot, WorkerEvent? Change);

namespace Fleet.Engine.Live;

/// <summary>What waits for one watcher of the feed. Whoever uses it holds the watch's lock.</summary>
internal abstract class FeedGathering
{
    /// <summary>Whether something waits.</summary>
    public abstract bool HasNews { get; }

    /// <summary>Takes what changed.</summary>
    public abstract void Add(IReadOnlyList<FeedItem> items);

    /// <summary>Something was missed.</summary>
    public abstract void Interrupt();

    /// <summary>What changed since the last time; nothing waits afterwards.</summary>
    public abstract FeedUpdate Take();
}

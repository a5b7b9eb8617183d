using Fleet.Hangfire.Layout;

namespace Fleet.Hangfire;

/// <summary>A listing of the dashboard: all runs of a kind, or of a queue those that wait.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Queue">The queue, for those that wait.</param>
internal readonly record struct Listing(ListingKind Kind, string? Queue = null)
{
    /// <summary>The listings that there always are.</summary>
    public static IReadOnlyList<Listing> Fixed { get; } =
        [.. Enum.GetValues<ListingKind>().Where(kind => kind != ListingKind.Enqueued).Select(kind => new Listing(kind))];

    /// <summary>Whether its runs are final: of them the newest are shown.</summary>
    public bool IsFinal => Kind >= ListingKind.Succeeded;

    public static Listing Of(RunState state, string queue) => state switch
    {
        RunState.Queued => new Listing(ListingKind.Enqueued, queue),
        RunState.Scheduled => new Listing(ListingKind.Scheduled),
        RunState.Running => new Listing(ListingKind.Processing),
        RunState.Succeeded => new Listing(ListingKind.Succeeded),
        RunState.Failed => new Listing(ListingKind.Failed),
        _ => new Listing(ListingKind.Deleted),
    };

    /// <summary>The listing of a change that the feed tells.</summary>
    public static Listing Of(FeedItem item) => Of(item.State, QueueName.Of(item.Queue));
}

/// <summary>The kinds of listings.</summary>
internal enum ListingKind
{
    Enqueued,
    Scheduled,
    Processing,
    Succeeded,
    Failed,
    Deleted,
}

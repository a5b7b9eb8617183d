namespace Fleet.Notifier;

/// <summary>What is wrong with a filter of the feed that JSON alone does not show.</summary>
internal static class FilterFault
{
    /// <summary>The first field that is wrong, and what it must be; null when none is.</summary>
    public static (string Field, string Reason)? Find(FeedFilter filter) =>
        filter.Ids is { Count: > FeedFilter.MostIds } ? ("ids", Words.TooManyIds)
        : filter.Page is { Limit: < 1 or > ListWindow.MostRuns } ? ("page.limit", Words.LimitOfPage)
        : null;
}

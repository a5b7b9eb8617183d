namespace Fleet;

/// <summary>Which runs are on a watched page now (hub: <c>Page</c>); sent after <c>Feed</c> told those that are new on it.</summary>
/// <param name="Ids">The runs, newest first.</param>
/// <param name="Next">Give it as the <c>cursor</c> of the page after this one; null at the end.</param>
public sealed record FeedPage(IReadOnlyList<RunId> Ids, string? Next);

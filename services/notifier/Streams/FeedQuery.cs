namespace Fleet.Notifier.Streams;

/// <summary>Reads a filter of the feed from a query: <c>?state=&amp;job=&amp;queue=&amp;tag=</c>, states repeated or with commas between.</summary>
internal static class FeedQuery
{
    public static bool TryRead(IQueryCollection query, out FeedFilter filter, out FleetProblem? problem)
    {
        filter = new FeedFilter { Job = Text(query, "job"), Queue = Text(query, "queue"), Tag = Text(query, "tag") };
        problem = null;
        var names = query["state"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        if (names.Find(name => !RunStates.TryParse(name, out _)) is { } unknown)
        {
            problem = Problems.InvalidQuery($"state is '{unknown}', but it must be one of {string.Join(", ", RunStates.All.Select(state => state.Name()))}.");
            return false;
        }

        if (names.Count > 0) filter = filter with { State = [.. names.Select(RunStates.Parse)] };
        return true;
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
}

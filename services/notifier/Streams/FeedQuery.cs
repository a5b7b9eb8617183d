using Fleet.Engine.Hosting;

namespace Fleet.Notifier.Streams;

/// <summary>Reads a filter of the feed from a query: <c>?state=&amp;job=&amp;queue=&amp;tag=</c>, states repeated or with commas between.</summary>
internal static class FeedQuery
{
    /// <summary>The filter; what is absent or empty lets everything through.</summary>
    /// <exception cref="ProblemException">There is no such state.</exception>
    public static FeedFilter Read(IQueryCollection query)
    {
        var states = new List<RunState>();
        foreach (var name in query["state"].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            if (!RunStates.TryParse(name, out var state))
            {
                var must = $"must be one of {string.Join(", ", RunStates.All.Select(known => known.Name()))}, not '{name}'";
                throw new ProblemException(FleetProblems.InvalidInput(new Dictionary<string, string[]> { ["state"] = [must] }));
            }

            states.Add(state);
        }

        return new FeedFilter
        {
            State = states.Count > 0 ? states : null,
            Job = Text(query, "job"),
            Queue = Text(query, "queue"),
            Tag = Text(query, "tag"),
        };
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
}

using System.Globalization;
using Fleet.Engine.Hosting;

namespace Fleet.Notifier.Streams;

/// <summary>
/// Reads a filter of the feed from a query: <c>?state=&amp;job=&amp;queue=&amp;tag=&amp;ids=&amp;limit=&amp;cursor=</c>, states and ids
/// repeated or with commas between.
/// </summary>
internal static class FeedQuery
{
    /// <summary>The filter; what is absent or empty lets everything through.</summary>
    /// <exception cref="ProblemException">A value cannot be what it should be.</exception>
    public static FeedFilter Read(IQueryCollection query)
    {
        var states = Many(query, "state", name => RunStates.TryParse(name, out var state) ? state
            : throw Fault("state", $"must be one of {string.Join(", ", RunStates.All.Select(known => known.Name()))}, not '{name}'"));
        var ids = Many(query, "ids", text => RunId.TryParse(text, out var id) ? id : throw Fault("ids", $"must be run ids, which '{text}' is not"));
        var filter = new FeedFilter
        {
            State = states.Count > 0 ? states : null,
            Job = Text(query, "job"),
            Queue = Text(query, "queue"),
            Tag = Text(query, "tag"),
            Ids = ids.Count > 0 ? ids : null,
            Page = Window(query),
        };
        return FilterFault.Find(filter) is var (field, reason) ? throw Fault(field == "page.limit" ? "limit" : field, reason) : filter;
    }

    private static ListWindow? Window(IQueryCollection query)
    {
        var (limit, cursor) = (Text(query, "limit"), Text(query, "cursor"));
        if (limit is null && cursor is null) return null;
        var window = new ListWindow();
        if (limit is not null)
            window = window with { Limit = int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 };
        if (cursor is not null)
            window = window with { Cursor = RunId.TryParse(cursor, out var id) ? id : throw Fault("cursor", "must be what next was in an earlier page of this list") };
        return window;
    }

    private static List<T> Many<T>(IQueryCollection query, string name, Func<string, T> parse) =>
        [.. query[name].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(parse)];

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;

    private static ProblemException Fault(string field, string reason) =>
        new(FleetProblems.InvalidInput(new Dictionary<string, string[]> { [field] = [reason] }));
}

using System.Globalization;

namespace Fleet.Client;

/// <summary>Which runs to list (contract: GET /v1/runs); what is absent lets everything through.</summary>
public sealed record RunQuery
{
    /// <summary>Only runs in this state.</summary>
    public RunState? State { get; init; }

    /// <summary>Only runs of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only runs of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs that this schedule created.</summary>
    public string? Schedule { get; init; }

    /// <summary>Only runs accepted at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only runs accepted before this time.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How many a page holds at most; absent means as the server likes.</summary>
    public int? Limit { get; init; }

    /// <summary>Where the page begins: the page before it said so in <see cref="Page{T}.Next"/>.</summary>
    public string? Cursor { get; init; }

    internal string ToQueryString() => new QueryString()
        .Add("state", State?.Name())
        .Add("job", Job)
        .Add("queue", Queue)
        .Add("tag", Tag)
        .Add("schedule", Schedule)
        .Add("since", Timestamp(Since))
        .Add("until", Timestamp(Until))
        .Add("limit", Limit?.ToString(CultureInfo.InvariantCulture))
        .Add("cursor", Cursor)
        .ToString();

    private static string? Timestamp(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

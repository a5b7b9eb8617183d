using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Which runs a watcher of the feed wants to see; what is absent lets everything through.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FeedFilter
{
    /// <summary>Only runs in one of these states.</summary>
    public IReadOnlyList<RunState>? State { get; init; }

    /// <summary>Only runs of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only runs of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Whether the filter lets <paramref name="item"/> through.</summary>
    public bool Matches(FeedItem item) =>
        (State is null || State.Contains(item.State))
        && (Job is null || Job == item.Job)
        && (Queue is null || Queue == item.Queue)
        && (Tag is null || item.Tags.Contains(Tag));
}

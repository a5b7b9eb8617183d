using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Which page of a list a watcher of the feed wants to see; the fields are those of <c>GET /v1/runs</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ListWindow
{
    /// <summary>How many runs a page may have.</summary>
    public const int MostRuns = 200;

    /// <summary>How many runs the page has at most.</summary>
    public int Limit { get; init; } = 50;

    /// <summary><c>next</c> of the page before this one; absent for the first page, which new runs enter.</summary>
    public RunId? Cursor { get; init; }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>What a caller sends to have a run like an earlier one (contract: POST /v1/runs/{id}/fork).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ForkRun
{
    /// <summary>What is different, merged over the earlier input as RFC 7386 says: null removes a member. Absent changes nothing.</summary>
    public JsonElement? Input { get; init; }
}

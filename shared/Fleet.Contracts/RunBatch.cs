using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Many runs in one request (contract: POST /v1/runs/batch).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewRunBatch
{
    /// <summary>The runs, at most 10,000.</summary>
    public IReadOnlyList<JsonElement>? Runs { get; init; }
}

/// <summary>What became of a batch.</summary>
/// <param name="Ids">The ids of the runs that were taken, in the order they were given.</param>
/// <param name="Rejected">Those that were not, and why.</param>
public sealed record BatchResult(IReadOnlyList<RunId> Ids, IReadOnlyList<RejectedRun> Rejected);

/// <summary>A run of a batch that was not taken.</summary>
/// <param name="Index">Its place in the batch, from 0.</param>
/// <param name="Problem">Why not.</param>
public sealed record RejectedRun(int Index, FleetProblem Problem);

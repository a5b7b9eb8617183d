using Fleet.Api.Description;
using Fleet.Engine.Explain;

namespace Fleet.Api.Endpoints;

/// <summary>Why a run is where it is.</summary>
internal static class ExplainEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/runs/{id}/explain", ExplainAsync)
            .WithTags("Runs")
            .WithName("explainRun")
            .WithSummary("Why a run is where it is, and what would change that: in words, and as data beside them.")
            .Produces<RunExplanation>()
            .ProducesFaults(404);

    private static async Task<IResult> ExplainAsync(string id, RunExplainer explainer, RedisDeadline deadline)
    {
        if (!RunId.TryParse(id, out var runId)) return Answers.UnknownRun(id);
        return await deadline.FollowAsync(explainer.ExplainAsync(runId)) is { } explanation
            ? TypedResults.Json(explanation, Wire.Explanation)
            : Answers.UnknownRun(id);
    }
}

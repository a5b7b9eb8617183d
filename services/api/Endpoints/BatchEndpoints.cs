using Fleet.Api.Description;
using Fleet.Api.Intake;

namespace Fleet.Api.Endpoints;

/// <summary>Creating many runs at once.</summary>
internal static class BatchEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/v1/runs/batch", (HttpRequest request, BatchIntake intake) => intake.CreateAsync(request))
            .WithTags("Runs")
            .WithName("createRuns")
            .WithSummary("Takes many runs.")
            .WithDescription("Takes them as one document or as NDJSON, a run a line. A run that is not taken is told of under `rejected`; the others are.")
            .Accepts<NewRunBatch>("application/json", [.. BatchIntake.LineTypes])
            .WithParameters(Parameters.IdempotencyKey)
            .Produces<BatchResult>(StatusCodes.Status201Created)
            .ProducesFaults(400, 413, 415, 422);
}

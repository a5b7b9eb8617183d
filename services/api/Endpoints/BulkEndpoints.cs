using Fleet.Api.Bulk;
using Fleet.Api.Description;

namespace Fleet.Api.Endpoints;

/// <summary>Doing something to many runs.</summary>
internal static class BulkEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/v1/runs/bulk", (HttpRequest request, BulkIntake intake) => intake.CreateAsync(request))
            .WithTags("Runs")
            .WithName("changeRuns")
            .WithSummary("Retries, cancels or deletes all runs that match, in the background.")
            .WithDescription(
                "Answers at once with how many runs match, and with the run that does it: read, watch, wait for or cancel that like any other by its id. "
                + "No list shows it and it takes no worker's slot. Its output tells how many runs were changed. Only runs that were there when the request came "
                + "are changed. A retry and a delete match final runs, a cancel those that are not. With `dryRun` it only counts, and answers 200.")
            .Accepts<BulkRequest>("application/json")
            .WithParameters(Parameters.IdempotencyKey)
            .Produces<BulkReceipt>(StatusCodes.Status202Accepted)
            .Produces<BulkReceipt>()
            .WithHeaders(StatusCodes.Status202Accepted, Parameters.Location)
            .ProducesFaults(400, 413, 415, 422);
}

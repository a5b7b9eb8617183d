using Fleet.Api.Description;
using Fleet.Engine.Catalogue;

namespace Fleet.Api.Endpoints;

/// <summary>The workers.</summary>
internal static class WorkerEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/workers", ListAsync)
            .WithTags("Workers")
            .WithName("listWorkers")
            .WithSummary("The workers, by name: host, version, queues, slots, what each runs, when it was last seen.")
            .Produces<Page<WorkerInfo>>()
            .ProducesFaults();

    private static async Task<IResult> ListAsync(WorkerRegistry workers, RedisDeadline deadline) =>
        TypedResults.Json(new Page<WorkerInfo>(await deadline.ApplyAsync(workers.ListAsync()), null), Wire.Workers);
}

using Fleet.Api.Description;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>The workers.</summary>
internal static class WorkerEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var workers = endpoints.MapGroup("/v1/workers").WithTags("Workers");

        workers.MapGet("", ListAsync)
            .WithName("listWorkers")
            .WithSummary("The workers, by name: host, version, state, queues, slots, what each runs, when it was last seen.")
            .Produces<Page<WorkerInfo>>()
            .ProducesFaults();

        workers.MapPost("/{id}/drain", DrainAsync)
            .WithName("drainWorker")
            .WithSummary("Has a worker take nothing more until it is started anew; what it runs goes on.")
            .Produces<WorkerInfo>()
            .ProducesFaults(404);
    }

    private static async Task<IResult> ListAsync(WorkerRegistry workers, RedisDeadline deadline) =>
        TypedResults.Json(new Page<WorkerInfo>(await deadline.ApplyAsync(workers.ListAsync()), null), Wire.Workers);

    private static async Task<IResult> DrainAsync(string id, WorkerRegistry workers, RedisDeadline deadline)
    {
        var told = await deadline.ApplyAsync(workers.DrainAsync(id));
        var all = await deadline.ApplyAsync(workers.ListAsync());
        return told && all.FirstOrDefault(worker => worker.Id == id) is { } worker
            ? TypedResults.Json(worker, Wire.Worker)
            : new ProblemResult(FleetProblems.UnknownWorker(id, [.. all.Select(known => known.Id)]));
    }
}

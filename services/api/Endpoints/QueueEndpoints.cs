using Fleet.Api.Bulk;
using Fleet.Api.Description;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>The queues.</summary>
internal static class QueueEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var queues = endpoints.MapGroup("/v1/queues").WithTags("Queues");

        queues.MapGet("", ListAsync)
            .WithName("listQueues")
            .WithSummary("The queues, by name: how many runs wait, how many are in flight, for how long the oldest has been waiting.")
            .Produces<Page<QueueInfo>>()
            .ProducesFaults();

        queues.MapGet("/{queue}/demand", DemandAsync)
            .WithName("getQueueDemand")
            .WithSummary("How many slots a queue could use: what an autoscaler divides by the slots of one worker.")
            .WithDescription("Instead of a queue's name it takes whatever Fleet:Worker:Queues takes: several names, separated by commas, or * for all. "
                + "A queue that was never used has no demand, so that it can be asked for before its first run.")
            .Produces<QueueDemand>()
            .ProducesFaults(404);

        queues.MapPost("/{queue}/pause", PauseAsync)
            .WithName("pauseQueue")
            .WithSummary("Has the workers take nothing more from a queue, within a second; what runs goes on.")
            .WithDescription("A queue that was never used is made, so that it can be paused before its first run.")
            .Produces<QueueInfo>()
            .ProducesFaults(404);

        queues.MapPost("/{queue}/resume", ResumeAsync)
            .WithName("resumeQueue")
            .WithSummary("Has the workers take runs from a queue again, at once.")
            .Produces<QueueInfo>()
            .ProducesFaults(404);

        queues.MapDelete("/{queue}/runs", PurgeAsync)
            .WithName("purgeQueue")
            .WithSummary("Cancels what waits in a queue: queued runs, and scheduled ones that would enter it. What runs goes on.")
            .WithDescription("Runs that come meanwhile stay. Where there are too many for one request, it answers 202 with the background run that cancels the rest.")
            .Produces<PurgeResult>()
            .Produces<PurgeResult>(StatusCodes.Status202Accepted)
            .WithHeaders(StatusCodes.Status202Accepted, Parameters.Location)
            .ProducesFaults(404);
    }

    private static async Task<IResult> ListAsync(QueueReader queues, RedisDeadline deadline) =>
        TypedResults.Json(new Page<QueueInfo>(await deadline.FollowAsync(queues.ListWithRatesAsync()), null), Wire.Queues);

    private static async Task<IResult> DemandAsync(string queue, DemandReader demand, QueueRegistry registry, RedisDeadline deadline)
    {
        string[] names = queue == "*" ? [] : queue.Split(',', StringSplitOptions.TrimEntries);
        if (Array.Find(names, name => !Names.IsValid(name)) is { } wrong) return await UnknownAsync(wrong, registry, deadline);
        return TypedResults.Json(await deadline.FollowAsync(names.Length == 0 ? demand.ReadAllAsync() : demand.ReadAsync(names)), Wire.Demand);
    }

    private static async Task<IResult> PauseAsync(string queue, QueueRegistry registry, QueueReader queues, RedisDeadline deadline)
    {
        if (!Names.IsValid(queue)) return await UnknownAsync(queue, registry, deadline);
        await deadline.FollowAsync(registry.PauseAsync(queue));
        return await QueueAsync(queue, registry, queues, deadline);
    }

    private static async Task<IResult> ResumeAsync(string queue, QueueRegistry registry, QueueReader queues, RedisDeadline deadline)
    {
        // A wrong name must not look as if something had been resumed.
        if (!(await deadline.ApplyAsync(registry.ListAsync())).Contains(queue)) return await UnknownAsync(queue, registry, deadline);
        await deadline.FollowAsync(registry.ResumeAsync(queue));
        return await QueueAsync(queue, registry, queues, deadline);
    }

    private static async Task<IResult> PurgeAsync(string queue, HttpResponse response, QueueRegistry registry, QueuePurge purge, RedisDeadline deadline)
    {
        if (!(await deadline.ApplyAsync(registry.ListAsync())).Contains(queue)) return await UnknownAsync(queue, registry, deadline);
        var result = await deadline.FollowAsync(purge.PurgeAsync(queue));
        if (result.Run is { } rest) response.Headers.Location = $"/v1/runs/{rest}";
        return TypedResults.Json(result, Wire.PurgeResult, statusCode: result.Run is null ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> QueueAsync(string queue, QueueRegistry registry, QueueReader queues, RedisDeadline deadline) =>
        await deadline.ApplyAsync(queues.FindAsync(queue)) is { } info
            ? TypedResults.Json(info, Wire.Queue)
            : await UnknownAsync(queue, registry, deadline);

    private static async Task<IResult> UnknownAsync(string queue, QueueRegistry registry, RedisDeadline deadline) =>
        new ProblemResult(FleetProblems.UnknownQueue(queue, await deadline.ApplyAsync(registry.ListAsync())));
}

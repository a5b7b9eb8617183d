using Fleet.Api.Description;
using Fleet.Engine.Catalogue;

namespace Fleet.Api.Endpoints;

/// <summary>The queues.</summary>
internal static class QueueEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/queues", ListAsync)
            .WithTags("Queues")
            .WithName("listQueues")
            .WithSummary("The queues, by name: how many runs wait, how many are in flight, for how long the oldest has been waiting.")
            .Produces<Page<QueueInfo>>()
            .ProducesFaults();

    private static async Task<IResult> ListAsync(QueueReader queues, RedisDeadline deadline) =>
        TypedResults.Json(new Page<QueueInfo>(await deadline.FollowAsync(queues.ListAsync()), null), Wire.Queues);
}

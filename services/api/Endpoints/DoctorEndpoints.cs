using Fleet.Api.Description;
using Fleet.Engine.Doctor;

namespace Fleet.Api.Endpoints;

/// <summary>What is wrong with the fleet.</summary>
internal static class DoctorEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/doctor", ExamineAsync)
            .WithTags("Stats")
            .WithName("examineFleet")
            .WithSummary("What is wrong with Redis, the workers, the queues, the schedules and the runs, and what to do about each.")
            .WithDescription("It looks at everything anew, in a few dozen calls to Redis, and changes nothing.")
            .Produces<Diagnosis>()
            .ProducesFaults();

    private static async Task<IResult> ExamineAsync(FleetDoctor doctor, RedisDeadline deadline) =>
        TypedResults.Json(await deadline.FollowAsync(doctor.ExamineAsync()), Wire.Diagnosis);
}

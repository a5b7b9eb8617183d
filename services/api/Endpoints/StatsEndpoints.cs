using Fleet.Api.Description;
using Fleet.Engine.Catalogue;

namespace Fleet.Api.Endpoints;

/// <summary>The fleet in numbers.</summary>
internal static class StatsEndpoints
{
    /// <summary>Minutes are kept for a day.</summary>
    private const int MostMinutes = 24 * 60;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var stats = endpoints.MapGroup("/v1/stats").WithTags("Stats");

        stats.MapGet("", GetAsync)
            .WithName("getStats")
            .WithSummary("How many runs are in each state, what happens a second, how long runs wait and take.")
            .Produces<FleetStats>()
            .ProducesFaults();

        stats.MapGet("/history", HistoryAsync)
            .WithName("getStatsHistory")
            .WithSummary("The last minutes, oldest first, the current one last.")
            .WithParameters(Parameters.Number("minutes", "How many minutes.", 1, MostMinutes, 60))
            .Produces<Page<StatsMinute>>()
            .ProducesFaults(422);

        stats.MapGet("/jobs", JobsAsync)
            .WithName("getJobStats")
            .WithSummary("How the runs of each job ended lately and how long they took, by name.")
            .WithDescription("Only jobs of which runs succeeded or failed for good. Counted by ten minutes, so it goes back up to ten minutes further than asked.")
            .WithParameters(Parameters.Number("minutes", "How many minutes.", 1, MostMinutes, 60))
            .Produces<Page<JobStats>>()
            .ProducesFaults(422);
    }

    private static async Task<IResult> GetAsync(StatsReader stats, RedisDeadline deadline) =>
        TypedResults.Json(await deadline.FollowAsync(stats.GetAsync()), Wire.Stats);

    private static async Task<IResult> HistoryAsync(HttpRequest request, StatsReader stats, RedisDeadline deadline)
    {
        var query = new QueryFields(request);
        var minutes = (int)query.Number("minutes", 60, 1, MostMinutes);
        query.Require();

        return TypedResults.Json(new Page<StatsMinute>(await deadline.FollowAsync(stats.HistoryAsync(minutes)), null), Wire.StatsMinutes);
    }

    private static async Task<IResult> JobsAsync(HttpRequest request, JobStatsReader stats, RedisDeadline deadline)
    {
        var query = new QueryFields(request);
        var minutes = (int)query.Number("minutes", 60, 1, MostMinutes);
        query.Require();

        return TypedResults.Json(new Page<JobStats>(await deadline.FollowAsync(stats.GetAsync(minutes)), null), Wire.JobStats);
    }
}

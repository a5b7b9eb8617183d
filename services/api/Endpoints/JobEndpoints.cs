using Fleet.Api.Description;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>The catalogue of jobs.</summary>
internal static class JobEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var jobs = endpoints.MapGroup("/v1/jobs").WithTags("Jobs");

        jobs.MapGet("", ListAsync)
            .WithName("listJobs")
            .WithSummary("The jobs that workers announced, by name.")
            .Produces<Page<JobInfo>>()
            .ProducesFaults();

        jobs.MapGet("/{job}", GetAsync)
            .WithName("getJob")
            .WithSummary("One job: what it does, the JSON schema of its input, and what its runs get where the caller says nothing.")
            .Produces<JobInfo>()
            .ProducesFaults(404);
    }

    private static async Task<IResult> ListAsync(JobCatalogue jobs, RedisDeadline deadline)
    {
        var all = await deadline.ApplyAsync(jobs.ListAsync());
        return TypedResults.Json(new Page<JobInfo>([.. all.Values.OrderBy(job => job.Name, StringComparer.Ordinal)], null), Wire.Jobs);
    }

    private static async Task<IResult> GetAsync(string job, JobCatalogue jobs, RedisDeadline deadline)
    {
        if (await deadline.ApplyAsync(jobs.FindAsync(job)) is { } found) return TypedResults.Json(found, Wire.Job);
        var all = await deadline.ApplyAsync(jobs.ListAsync());
        return new ProblemResult(FleetProblems.UnknownJob(job, [.. all.Keys], StatusCodes.Status404NotFound));
    }
}

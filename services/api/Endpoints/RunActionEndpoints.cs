using Fleet.Api.Description;
using Fleet.Api.Intake;
using Fleet.Engine.Hosting;
using Fleet.Engine.Runs;

namespace Fleet.Api.Endpoints;

/// <summary>What callers do to a run.</summary>
internal static class RunActionEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var run = endpoints.MapGroup("/v1/runs/{id}").WithTags("Runs");

        run.MapPost("/cancel", CancelAsync)
            .WithName("cancelRun")
            .WithSummary("Cancels a run: one that waits at once, one that runs by telling its worker, which gives it its grace time.")
            .Produces<Run>(StatusCodes.Status202Accepted)
            .ProducesFaults(404, 409);

        run.MapPost("/retry", RetryAsync)
            .WithName("retryRun")
            .WithSummary("Puts a final run back into its queue, with as many attempts as it had at first.")
            .Produces<Run>(StatusCodes.Status202Accepted)
            .ProducesFaults(404, 409);

        run.MapPost("/fork", ForkAsync)
            .WithName("forkRun")
            .WithSummary("Takes a new run with the same job, queue, priority and options.")
            .WithDescription("`input` is merged over the old one as RFC 7386 says. The new run has no `expiresAt`, which was the old one's own.")
            .Accepts<ForkRun>(isOptional: true, "application/json", "application/merge-patch+json")
            .WithParameters(Parameters.IdempotencyKey)
            .Produces<Run>(StatusCodes.Status201Created)
            .Produces<Run>()
            .WithHeaders(StatusCodes.Status201Created, Parameters.Location)
            .WithHeaders(StatusCodes.Status200OK, Parameters.Location, Parameters.Deduplicated)
            .ProducesFaults(400, 404, 413, 415, 422);

        run.MapDelete("", DeleteAsync)
            .WithName("deleteRun")
            .WithSummary("Forgets a final run.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesFaults(404, 409);
    }

    private static async Task<IResult> CancelAsync(string id, RunStore store, RunReader reader, RedisDeadline deadline)
    {
        if (!RunId.TryParse(id, out var runId)) return Answers.UnknownRun(id);
        return (await deadline.ApplyAsync(store.CancelAsync([runId])))[0] switch
        {
            CancelOutcome.Unknown => Answers.UnknownRun(id),
            CancelOutcome.Final => new ProblemResult(FleetProblems.AlreadyFinal($"Run {runId} is final already, so there is nothing to cancel.")),
            _ => await AcceptedAsync(runId, reader, deadline),
        };
    }

    private static async Task<IResult> RetryAsync(string id, RunStore store, RunReader reader, RedisDeadline deadline)
    {
        if (!RunId.TryParse(id, out var runId)) return Answers.UnknownRun(id);
        return (await deadline.ApplyAsync(store.RetryAsync([runId])))[0] switch
        {
            ChangeOutcome.Unknown => Answers.UnknownRun(id),
            ChangeOutcome.NotFinal => new ProblemResult(FleetProblems.NotFinal(
                $"Run {runId} is not final, so there is nothing to retry. Cancel it first, or fork it to have another.")),
            _ => await AcceptedAsync(runId, reader, deadline),
        };
    }

    private static async Task<IResult> ForkAsync(string id, HttpRequest request, RunIntake intake) =>
        RunId.TryParse(id, out var runId) ? await intake.ForkAsync(runId, request) : Answers.UnknownRun(id);

    private static async Task<IResult> DeleteAsync(string id, RunStore store, RedisDeadline deadline)
    {
        if (!RunId.TryParse(id, out var runId)) return Answers.UnknownRun(id);
        return (await deadline.ApplyAsync(store.DeleteAsync([runId])))[0] switch
        {
            ChangeOutcome.Unknown => Answers.UnknownRun(id),
            ChangeOutcome.NotFinal => new ProblemResult(FleetProblems.NotFinal($"Run {runId} is not final; only a final run can be deleted. Cancel it first.")),
            _ => TypedResults.NoContent(),
        };
    }

    /// <summary>The run as it is after what was done to it.</summary>
    private static async Task<IResult> AcceptedAsync(RunId id, RunReader reader, RedisDeadline deadline) =>
        await deadline.ApplyAsync(reader.GetAsync(id)) is { } record
            ? TypedResults.Json(record.Run, Wire.Run, statusCode: StatusCodes.Status202Accepted)
            : Answers.UnknownRun(id.ToString());
}

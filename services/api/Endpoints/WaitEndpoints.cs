using Fleet.Api.Description;
using Fleet.Engine.Live;
using Fleet.Engine.Runs;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Fleet.Api.Endpoints;

/// <summary>Waiting for a run's end.</summary>
internal static class WaitEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/runs/{id}/wait", WaitAsync)
            .WithTags("Runs")
            .WithName("waitForRun")
            .WithSummary("Waits until a run is final: 200 then, 202 with the run as it is when the time is up.")
            .WithParameters(Parameters.Duration("timeout", "How long to wait; 30 seconds where nothing is said, 5 minutes at most, both configurable."))
            .Produces<Run>()
            .Produces<Run>(StatusCodes.Status202Accepted)
            .ProducesFaults(404, 422);

    private static async Task<IResult> WaitAsync(
        string id, HttpRequest request, RunReader reader, RunWatcher watcher, IOptions<ApiOptions> options,
        RedisDeadline deadline, IHostApplicationLifetime host, TimeProvider time)
    {
        var query = new QueryFields(request);
        var timeout = query.Duration("timeout", options.Value.DefaultWait, options.Value.MaxWait);
        query.Require();
        if (!RunId.TryParse(id, out var runId) || await deadline.ApplyAsync(reader.GetAsync(runId)) is not { Run: var run }) return Answers.UnknownRun(id);
        if (run.State.IsFinal() || timeout == TimeSpan.Zero) return Answer(run);

        using var over = new CancellationTokenSource(timeout, time);
        // A server that shuts down answers with what it knows, so that the client asks another one.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(over.Token, request.HttpContext.RequestAborted, host.ApplicationStopping);
        await using var watch = await deadline.FollowAsync(watcher.WatchAsync(runId, run.Seq));
        if (watch is null) return Answers.UnknownRun(id);
        if (!watch.Snapshot.Run.State.IsFinal()) await UntilFinalAsync(watch, end.Token);

        return await deadline.ApplyAsync(reader.GetAsync(runId)) is { } record ? Answer(record.Run) : Answers.UnknownRun(id);
    }

    private static async Task UntilFinalAsync(RunWatch watch, CancellationToken end)
    {
        await foreach (var update in watch.ReadAsync(end))
        {
            if (update.Events.Any(e => e.Type.IsFinal())) return;
        }
    }

    private static JsonHttpResult<Run> Answer(Run run) =>
        TypedResults.Json(run, Wire.Run, statusCode: run.State.IsFinal() ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
}

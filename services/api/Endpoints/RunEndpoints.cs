using Fleet.Api.Description;
using Fleet.Api.Intake;
using Fleet.Engine.Runs;

namespace Fleet.Api.Endpoints;

/// <summary>Creating runs and reading them.</summary>
internal static class RunEndpoints
{
    private const int MostListed = 200;
    private const int MostEvents = 1000;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var runs = endpoints.MapGroup("/v1/runs").WithTags("Runs");

        runs.MapPost("", (HttpRequest request, RunIntake intake) => intake.CreateAsync(request))
            .WithName("createRun")
            .WithSummary("Takes one run.")
            .WithDescription("Answers 200 with the header Fleet-Deduplicated and the earlier run, where `unique` or the Idempotency-Key says that it is the same.")
            .Accepts<NewRun>("application/json")
            .WithParameters(Parameters.IdempotencyKey)
            .Produces<Run>(StatusCodes.Status201Created)
            .Produces<Run>()
            .WithHeaders(StatusCodes.Status201Created, Parameters.Location)
            .WithHeaders(StatusCodes.Status200OK, Parameters.Location, Parameters.Deduplicated)
            .ProducesFaults(400, 413, 415, 422);

        runs.MapGet("", ListAsync)
            .WithName("listRuns")
            .WithSummary("Lists runs, newest first.")
            .WithDescription("A page may hold fewer runs than asked for before the end, where few of many match: go on while `next` is not null.")
            .WithParameters(
                Parameters.State, Parameters.Query("job", "Only runs of this job."), Parameters.Query("queue", "Only runs of this queue."),
                Parameters.Query("tag", "Only runs with this tag."), Parameters.Query("schedule", "Only runs that this schedule created."),
                Parameters.Moment("since", "Only runs created at or after this."), Parameters.Moment("until", "Only runs created before this."),
                Parameters.Number("limit", "How many runs at most.", 1, MostListed, 50), Parameters.Query("cursor", "`next` of the page before."))
            .Produces<Page<Run>>()
            .ProducesFaults(422);

        runs.MapGet("/{id}", GetAsync)
            .WithName("getRun")
            .WithSummary("One run.")
            .Produces<Run>()
            .ProducesFaults(404);

        runs.MapGet("/{id}/events", EventsAsync)
            .WithName("listRunEvents")
            .WithSummary("A run's timeline, in order.")
            .WithParameters(
                Parameters.Number("after", "Only events after this sequence number.", 0, null, 0),
                Parameters.Number("limit", "How many events at most.", 1, MostEvents, MostEvents),
                Parameters.Query("cursor", "`next` of the page before; the same as `after`."))
            .Produces<Page<RunEvent>>()
            .ProducesFaults(404, 422);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, RunList list, RedisDeadline deadline)
    {
        var query = new QueryFields(request);
        var filter = new RunFilter
        {
            State = query.State("state"),
            Job = query.Text("job"),
            Queue = query.Text("queue"),
            Tag = query.Text("tag"),
            Schedule = query.Text("schedule"),
            Since = query.Time("since"),
            Until = query.Time("until"),
        };
        var limit = (int)query.Number("limit", 50, 1, MostListed);
        var cursor = query.Cursor("cursor");
        query.Require();

        return TypedResults.Json(await deadline.FollowAsync(list.GetAsync(filter, limit, cursor)), Wire.Runs);
    }

    private static async Task<IResult> GetAsync(string id, RunReader reader, RedisDeadline deadline) =>
        RunId.TryParse(id, out var runId) && await deadline.ApplyAsync(reader.GetAsync(runId)) is { } record
            ? TypedResults.Json(record.Run, Wire.Run)
            : Answers.UnknownRun(id);

    private static async Task<IResult> EventsAsync(string id, HttpRequest request, RunReader reader, RedisDeadline deadline)
    {
        var query = new QueryFields(request);
        var after = query.Number("cursor", query.Number("after", 0, 0, long.MaxValue), 0, long.MaxValue);
        var limit = (int)query.Number("limit", MostEvents, 1, MostEvents);
        query.Require();

        if (!RunId.TryParse(id, out var runId) || await deadline.ApplyAsync(reader.EventsAsync(runId, after, limit)) is not { } timeline)
            return Answers.UnknownRun(id);

        var last = timeline.Events.Count == 0 ? after : timeline.Events[^1].Seq;
        var isEnd = timeline.Events.Count < limit || last >= timeline.Run.Seq;
        return TypedResults.Json(new Page<RunEvent>(timeline.Events, isEnd ? null : last.ToString(provider: null)), Wire.Events);
    }
}

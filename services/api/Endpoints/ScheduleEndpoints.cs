using Fleet.Api.Description;
using Fleet.Api.Intake;
using Fleet.Engine.Hosting;
using Fleet.Engine.Scheduling;

namespace Fleet.Api.Endpoints;

/// <summary>The schedules.</summary>
internal static class ScheduleEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var schedules = endpoints.MapGroup("/v1/schedules").WithTags("Schedules");

        schedules.MapGet("", ListAsync)
            .WithName("listSchedules")
            .WithSummary("The schedules, by name, each with its next ten times.")
            .Produces<Page<Schedule>>()
            .ProducesFaults();

        schedules.MapGet("/{name}", GetAsync)
            .WithName("getSchedule")
            .WithSummary("One schedule.")
            .Produces<Schedule>()
            .ProducesFaults(404);

        schedules.MapPut("/{name}", (string name, HttpRequest request, ScheduleIntake intake) => intake.PutAsync(name, request))
            .WithName("putSchedule")
            .WithSummary("Creates a schedule, or replaces it and moves its next time at once.")
            .WithDescription("`cron` or `every` says when. The job's defaults are filled in now, as for a run. One that ticks at the same times as before goes on where it is.")
            .Accepts<NewSchedule>("application/json")
            .Produces<Schedule>(StatusCodes.Status201Created)
            .Produces<Schedule>()
            .WithHeaders(StatusCodes.Status201Created, Parameters.LocationOf("schedule"))
            .ProducesFaults(400, 413, 415, 422);

        schedules.MapPost("/preview", (HttpRequest request, ScheduleIntake intake) => intake.PreviewAsync(request))
            .WithName("previewSchedule")
            .WithSummary("Says when a schedule would tick, and stores nothing.")
            .WithDescription("Only what says when is looked at: `cron` or `every`, `zone`, `start` and `end`; the job and its input need not be there yet.")
            .Accepts<NewSchedule>("application/json")
            .Produces<SchedulePreview>()
            .ProducesFaults(400, 413, 415, 422);

        schedules.MapDelete("/{name}", DeleteAsync)
            .WithName("deleteSchedule")
            .WithSummary("Forgets a schedule; the runs that it created stay.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesFaults(404);

        schedules.MapPost("/{name}/trigger", TriggerAsync)
            .WithName("triggerSchedule")
            .WithSummary("Creates a run of a schedule now, whatever the schedule does at the moment. It counts as no tick.")
            .Produces<Run>(StatusCodes.Status201Created)
            .WithHeaders(StatusCodes.Status201Created, Parameters.Location)
            .ProducesFaults(404);

        schedules.MapPost("/{name}/pause", PauseAsync)
            .WithName("pauseSchedule")
            .WithSummary("Stops a schedule's ticks until it is resumed.")
            .Produces<Schedule>()
            .ProducesFaults(404);

        schedules.MapPost("/{name}/resume", ResumeAsync)
            .WithName("resumeSchedule")
            .WithSummary("Lets a schedule tick again, and do about the ticks of its pause what it says of missed ones.")
            .Produces<Schedule>()
            .ProducesFaults(404);
    }

    private static async Task<IResult> ListAsync(ScheduleStore store, RedisDeadline deadline)
    {
        var all = await deadline.ApplyAsync(store.ListAsync());
        var now = store.Now;
        return TypedResults.Json(new Page<Schedule>([.. all.Select(schedule => schedule.Show(now))], null), Wire.Schedules);
    }

    private static async Task<IResult> GetAsync(string name, ScheduleStore store, RedisDeadline deadline) =>
        await AnswerAsync(name, await deadline.ApplyAsync(store.GetAsync(name)), store, deadline);

    private static async Task<IResult> PauseAsync(string name, ScheduleStore store, RedisDeadline deadline) =>
        await AnswerAsync(name, await deadline.ApplyAsync(store.PauseAsync(name)), store, deadline);

    private static async Task<IResult> ResumeAsync(string name, ScheduleStore store, RedisDeadline deadline) =>
        await AnswerAsync(name, await deadline.ApplyAsync(store.ResumeAsync(name)), store, deadline);

    private static async Task<IResult> DeleteAsync(string name, ScheduleStore store, RedisDeadline deadline) =>
        await deadline.ApplyAsync(store.DeleteAsync(name)) ? TypedResults.NoContent() : await UnknownAsync(name, store, deadline);

    private static async Task<IResult> TriggerAsync(string name, HttpResponse response, ScheduleStore store, RedisDeadline deadline)
    {
        if (await deadline.ApplyAsync(store.TriggerAsync(name)) is not { } trigger) return await UnknownAsync(name, store, deadline);
        response.Headers.Location = $"/v1/runs/{trigger.Result.Id}";
        return TypedResults.Json(AcceptedRun.Of(trigger.Run, trigger.Result), Wire.Run, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> AnswerAsync(string name, ScheduleRecord? schedule, ScheduleStore store, RedisDeadline deadline) =>
        schedule is null ? await UnknownAsync(name, store, deadline) : TypedResults.Json(schedule.Show(store.Now), Wire.Schedule);

    private static async Task<IResult> UnknownAsync(string name, ScheduleStore store, RedisDeadline deadline) =>
        new ProblemResult(FleetProblems.UnknownSchedule(name, [.. await deadline.ApplyAsync(store.NamesAsync())]));
}

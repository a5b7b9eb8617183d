using Fleet.Api.Bodies;
using Fleet.Api.Endpoints;
using Fleet.Engine.Hosting;
using Fleet.Engine.Scheduling;

namespace Fleet.Api.Intake;

/// <summary>Takes a schedule: reads it, says at once all that is wrong with it, and has it stored.</summary>
internal sealed class ScheduleIntake(RunResolver resolver, RunIntake runs, ScheduleStore store, RedisDeadline deadline)
{
    /// <summary>PUT /v1/schedules/{name}.</summary>
    public async Task<IResult> PutAsync(string name, HttpRequest request)
    {
        if (!request.HasJsonContentType()) return Answers.NotJson(request);
        using var body = await PooledBody.ReadAsync(request, runs.MostBytes, "Fleet:Limits:PayloadBytes and 64 KiB for all but the input");
        var reading = JsonBody.Read(body.Bytes.Span, Wire.NewSchedule);
        var errors = reading.Errors ?? new FieldErrors();
        if (reading.Value is not { } schedule) return new ProblemResult(FleetProblems.InvalidSchedule(errors.All));

        CheckName(name, schedule, errors);
        var rule = RuleOf(schedule);
        CheckRule(rule, errors);
        if (schedule.Meta?.ContainsKey(ScheduleRule.MetaKey) == true)
            errors.Add($"meta.{ScheduleRule.MetaKey}", "is what the schedule itself gives each run, the time of its tick; choose another name");
        var resolution = await resolver.ResolveAsync(new BodyReading<NewRun>(RunOf(schedule), errors), resolver.FindAsync);
        if (resolution.Spec is not { } run) return new ProblemResult(ProblemOf(resolution.Problem!));

        var put = await deadline.ApplyAsync(store.PutAsync(name, rule, run, schedule.Paused));
        if (put.IsNew) request.HttpContext.Response.Headers.Location = $"/v1/schedules/{name}";
        return TypedResults.Json(put.Schedule.Show(store.Now), Wire.Schedule, statusCode: put.IsNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>POST /v1/schedules/preview.</summary>
    public async Task<IResult> PreviewAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType()) return Answers.NotJson(request);
        using var body = await PooledBody.ReadAsync(request, runs.MostBytes, "Fleet:Limits:PayloadBytes and 64 KiB for all but the input");
        var reading = JsonBody.Read(body.Bytes.Span, Wire.NewSchedule);
        var errors = reading.Errors ?? new FieldErrors();
        var rule = reading.Value is { } schedule ? RuleOf(schedule) : null;
        if (rule is not null) CheckRule(rule, errors);
        return rule is null || errors.Any
            ? new ProblemResult(FleetProblems.InvalidSchedule(errors.All))
            : TypedResults.Json(new SchedulePreview(store.Preview(rule)), Wire.SchedulePreview);
    }

    private static void CheckName(string name, NewSchedule schedule, FieldErrors errors)
    {
        if (!Names.IsValid(name)) errors.Add("name", $"must be {Names.Rule}");
        else if (schedule.Name is { } other && other != name) errors.Add("name", $"must be '{name}' as in the address, or be left out");
    }

    private static ScheduleRule RuleOf(NewSchedule schedule) => new()
    {
        Cron = schedule.Cron?.Trim(),
        Every = schedule.Every,
        Zone = schedule.Zone ?? ScheduleRule.DefaultZone,
        Start = schedule.Start,
        End = schedule.End,
        Overlap = schedule.Overlap ?? default,
        Missed = schedule.Missed ?? default,
        Jitter = schedule.Jitter == TimeSpan.Zero ? null : schedule.Jitter,
    };

    private static void CheckRule(ScheduleRule rule, FieldErrors errors)
    {
        // Whoever gave one of the two in a way that cannot be read has been told of that.
        var isGiven = errors.Has("cron") || errors.Has("every");
        foreach (var (field, reason) in rule.Faults())
        {
            if (!errors.Has(field) && !(isGiven && field == "cron" && rule.Cron is null)) errors.Add(field, reason);
        }
    }

    private static NewRun RunOf(NewSchedule schedule) => new()
    {
        Job = schedule.Job,
        Input = schedule.Input,
        Queue = schedule.Queue,
        Priority = schedule.Priority,
        MaxAttempts = schedule.MaxAttempts,
        Backoff = schedule.Backoff,
        Timeout = schedule.Timeout,
        Tags = schedule.Tags,
        Meta = schedule.Meta,
    };

    private static FleetProblem ProblemOf(FleetProblem problem) =>
        problem.Status == StatusCodes.Status422UnprocessableEntity && problem.Slug() != "unknown-job" ? FleetProblems.InvalidSchedule(problem.Errors!) : problem;
}

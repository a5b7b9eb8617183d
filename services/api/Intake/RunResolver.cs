using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Api.Schemas;
using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Hosting;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Options;

namespace Fleet.Api.Intake;

/// <summary>Decides everything about a new run: fills in its job's defaults, and says at once all that is wrong with it.</summary>
internal sealed class RunResolver(JobCatalogue jobs, InputValidator inputs, IOptions<FleetOptions> options, RedisDeadline deadline)
{
    private const string Reserved = $"must not begin with '{Names.ReservedJobs}': such jobs are Fleet's own, and what they do is asked for in other ways";

    private static readonly JsonElement EmptyInput = JsonElement.Parse("{}");

    /// <summary>Finds jobs by name, for one request.</summary>
    public delegate ValueTask<JobInfo?> FindJob(string name);

    /// <summary>The job of this name; null when there is none.</summary>
    public async ValueTask<JobInfo?> FindAsync(string name) => await deadline.ApplyAsync(jobs.FindAsync(name));

    /// <summary>Decides about a run as far as it could be read.</summary>
    public async ValueTask<Resolution> ResolveAsync(BodyReading<NewRun> reading, FindJob find)
    {
        var errors = reading.Errors ?? new FieldErrors();
        if (reading.Value is not { } run) return new Resolution(FleetProblems.InvalidInput(errors.All));

        var input = run.Input ?? EmptyInput;
        if (TooLarge(input) is { } tooLarge) return new Resolution(tooLarge);

        RunRules.Check(run, errors);
        JobInfo? job = null;
        if (string.IsNullOrEmpty(run.Job))
        {
            if (!errors.Has("job")) errors.Add("job", "is required");
        }
        else if (Names.IsReserved(run.Job))
        {
            errors.Add("job", Reserved);
        }
        else if ((job = await find(run.Job)) is null)
        {
            var unknown = await UnknownAsync(run.Job);
            errors.Add("job", "is not known");
            return new Resolution(unknown with { Errors = errors.All });
        }

        if (job is not null && !errors.Has(InputValidator.Root)) inputs.Validate(job, input, errors);
        return errors.Any || job is null ? new Resolution(FleetProblems.InvalidInput(errors.All)) : new Resolution(Decide(run, job, input));
    }

    /// <summary>Decides about a run that is like an earlier one but for its input.</summary>
    public async ValueTask<Resolution> ResolveForkAsync(RunRecord earlier, BodyReading<ForkRun> reading)
    {
        var errors = reading.Errors ?? new FieldErrors();
        if (errors.Any || reading.Value is not { } fork) return new Resolution(FleetProblems.InvalidInput(errors.All));

        var run = earlier.Run;
        if (Names.IsReserved(run.Job))
        {
            errors.Add("job", Reserved);
            return new Resolution(FleetProblems.InvalidInput(errors.All));
        }

        var input = fork.Input is { } patch ? MergePatch.Apply(run.Input, patch) : run.Input;
        if (TooLarge(input) is { } tooLarge) return new Resolution(tooLarge);
        if (await FindAsync(run.Job) is not { } job) return new Resolution(await UnknownAsync(run.Job));

        inputs.Validate(job, input, errors);
        if (errors.Any) return new Resolution(FleetProblems.InvalidInput(errors.All));
        return new Resolution(new RunSpec
        {
            Job = run.Job,
            Queue = run.Queue,
            Priority = run.Priority,
            Input = JsonMarshal.GetRawUtf8Value(input).ToArray(),
            MaxAttempts = earlier.AttemptsOfALife,
            Replicas = ReplicasOf(null),
            // The deadline and the schedule were the earlier run's own.
            Options = earlier.Options with { ExpiresAt = null, Schedule = null },
        });
    }

    private RunSpec Decide(NewRun run, JobInfo job, JsonElement input) => new()
    {
        Job = job.Name,
        Queue = run.Queue ?? job.Defaults.Queue,
        Priority = run.Priority ?? job.Defaults.Priority,
        Input = JsonMarshal.GetRawUtf8Value(input).ToArray(),
        MaxAttempts = run.MaxAttempts ?? job.Defaults.MaxAttempts,
        Delay = run.Delay ?? TimeSpan.Zero,
        // A time before there were computers is over as much as a minute ago is.
        At = run.At is { } at && at < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : run.At,
        Options = OptionsOf(run, job),
        Unique = run.Unique,
        Replicas = ReplicasOf(run.Durability),
    };

    private int ReplicasOf(string? durability) =>
        Durability.TryParse(durability ?? options.Value.Durability, out var replicas) ? replicas : throw new ArgumentOutOfRangeException(nameof(durability));

    /// <summary>A run that has none of it has no options at all, which saves it a field.</summary>
    private RunOptions OptionsOf(NewRun run, JobInfo job)
    {
        var timeout = run.Timeout ?? job.Defaults.Timeout;
        var keep = KeepOf(job.Defaults);
        if (timeout is null && keep is null && run.Backoff is null && run.ExpiresAt is null
            && run.Tags is not { Count: > 0 } && run.Meta is not { Count: > 0 })
            return RunOptions.None;

        return new RunOptions
        {
            Backoff = run.Backoff,
            Keep = keep,
            Tags = run.Tags is { Count: > 0 } tags ? [.. tags.Distinct()] : null,
            Meta = run.Meta is { Count: > 0 } meta ? meta : null,
            Timeout = timeout,
            ExpiresAt = run.ExpiresAt,
        };
    }

    private string? KeepOf(JobDefaults job)
    {
        if (job.KeepSucceeded is null && job.KeepOthers is null) return null;
        var retention = options.Value.Retention;
        return RunOptions.KeepFor(job.KeepSucceeded ?? retention.Succeeded, job.KeepOthers ?? retention.Others);
    }

    private async Task<FleetProblem> UnknownAsync(string job) =>
        FleetProblems.UnknownJob(job, [.. (await deadline.ApplyAsync(jobs.ListAsync())).Keys]);

    private FleetProblem? TooLarge(JsonElement input)
    {
        var (size, most) = (JsonMarshal.GetRawUtf8Value(input).Length, options.Value.Limits.PayloadBytes);
        return size <= most ? null : FleetProblems.PayloadTooLarge(string.Create(CultureInfo.InvariantCulture,
            $"The input has {size} bytes of JSON; it may have {most} (Fleet:Limits:PayloadBytes). Store what is large elsewhere and send where it is."));
    }
}

/// <summary>What was decided about a run: how it is to be stored, or why it is not.</summary>
internal readonly struct Resolution
{
    public Resolution(RunSpec spec) => Spec = spec;

    public Resolution(FleetProblem problem) => Problem = problem;

    public RunSpec? Spec { get; }

    public FleetProblem? Problem { get; }
}

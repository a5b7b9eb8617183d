using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Executes attempts. Whatever a handler does, the result is a report, or nothing where the run is no longer ours.</summary>
internal sealed partial class AttemptRunner(
    IServiceScopeFactory scopes,
    WorkQueue queue,
    TimelineSender timelines,
    IOptions<FleetOptions> options,
    TimeProvider time,
    ILogger<AttemptRunner> logger)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs the handler. Every way in which an attempt can end stands in this method.</summary>
    public async Task<AttemptReport?> RunAsync(Attempt attempt, JobDefinition job, Action<Attempt> lost)
    {
        var run = attempt.Run;
        var timeline = new Lazy<TimelineWriter>(() => timelines.For(attempt, lost));
        AttemptReport? report;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var input = run.Input.IsEmpty ? await FetchInputAsync(attempt) : run.Input;
            if (input is not { } json) return null; // The run was deleted, which only a lost one can be.

            var output = await job.RunAsync(json, new JobContext(run, scope.ServiceProvider, timeline), attempt.Token);
            report = output.Length <= options.Value.Limits.OutputBytes
                ? Report(attempt, AttemptOutcome.Succeeded, output)
                : Failure(attempt, job, TooLarge(output.Length), permanent: true);
        }
        catch (SnoozeException snooze)
        {
            report = Report(attempt, AttemptOutcome.Snooze, delay: snooze.Delay);
        }
#pragma warning disable CA1031 // A handler may throw anything, and none of it may harm the loop.
        catch (Exception e)
#pragma warning restore CA1031
        {
            report = attempt.Reason switch
            {
                EndReason.Lost => null,
                EndReason.Cancelled => Report(attempt, AttemptOutcome.Cancelled),
                EndReason.Shutdown => Report(attempt, AttemptOutcome.Release),
                EndReason.Timeout => Failure(attempt, job, TimedOut(run), permanent: false),
                _ => Failure(attempt, job, ErrorDetail.Describe(e), permanent: e is JobException { IsPermanent: true }),
            };
            LogFailed(run.Id, run.Job, run.Attempt, attempt.Reason, ErrorDetail.Describe(e).Message);
        }

        // What the handler told comes before how it ended.
        if (timeline.IsValueCreated) await timeline.Value.FlushAsync();
        return attempt.Reason == EndReason.Lost ? null : report;
    }

    /// <summary>The report for a handler that did not end when it was asked to, and is not waited for any longer.</summary>
    public static AttemptReport? GiveUp(Attempt attempt, JobDefinition job) => attempt.Reason switch
    {
        EndReason.Cancelled => Report(attempt, AttemptOutcome.Cancelled),
        EndReason.Shutdown => Report(attempt, AttemptOutcome.Release),
        EndReason.Timeout => Failure(attempt, job, TimedOut(attempt.Run), permanent: false),
        _ => null,
    };

    /// <summary>Reads an input that its entry does not carry. While Redis is away it is tried again: that is no failure of the handler's.</summary>
    private async Task<ReadOnlyMemory<byte>?> FetchInputAsync(Attempt attempt)
    {
        while (true)
        {
            try
            {
                return await queue.FetchInputAsync(attempt.Run);
            }
            catch (Exception e) when (RedisFailure.Is(e))
            {
                await Task.Delay(RetryInterval, time, attempt.Token);
            }
        }
    }

    private static AttemptReport Failure(Attempt attempt, JobDefinition job, RunError error, bool permanent)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(error, FleetJson.Options);
        return permanent || attempt.Run.Attempt >= attempt.Run.MaxAttempts
            ? Report(attempt, AttemptOutcome.Failed, payload)
            : Report(attempt, AttemptOutcome.Retry, payload, (attempt.Run.Options.Backoff ?? job.Backoff).After(attempt.Run.Attempt - attempt.Run.Spent));
    }

    private static AttemptReport Report(Attempt attempt, AttemptOutcome outcome, byte[]? payload = null, TimeSpan delay = default) => new()
    {
        Run = attempt.Run,
        Outcome = outcome,
        Payload = payload,
        Delay = delay,
        StartedAt = attempt.StartedAt,
    };

    private static RunError TimedOut(TakenRun run) =>
        new("timeout", $"The attempt took longer than the {run.Options.Timeout:c} it may.");

    private RunError TooLarge(int length) =>
        new("output-too-large", $"The output has {length} bytes; Fleet:Limits:OutputBytes allows {options.Value.Limits.OutputBytes}.");

    [LoggerMessage(2001, LogLevel.Debug, "Run {Run} ({Job}, attempt {Attempt}) did not end well ({Reason}): {Message}")]
    private partial void LogFailed(RunId run, string job, int attempt, EndReason reason, string message);
}

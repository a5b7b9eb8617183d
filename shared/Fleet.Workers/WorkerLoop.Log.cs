using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers;

internal sealed partial class WorkerLoop
{
    [LoggerMessage(2201, LogLevel.Warning, "{Count} reports wait for Redis: {Reason}")]
    private partial void LogKept(int count, string reason);

    [LoggerMessage(2202, LogLevel.Warning, "No runs can be taken: {Reason}")]
    private partial void LogNotTaken(string reason);

    [LoggerMessage(2203, LogLevel.Error, "The worker's loop met what it did not expect; it goes on")]
    private partial void LogUnforeseen(Exception exception);

    [LoggerMessage(2204, LogLevel.Error, "Run {Run} could not be executed; it goes back into its queue when its lease lapses: {Reason}")]
    private partial void LogUnexpected(RunId run, string reason);

    [LoggerMessage(2207, LogLevel.Information, "Run {Run} of a paused queue goes back to the end of its line: {Reason}")]
    private partial void LogNotPutBack(RunId run, string reason);

    [LoggerMessage(2205, LogLevel.Warning, "Run {Run} needs job {Job}, which this worker does not know; it goes back into its queue")]
    private partial void LogUnknownJob(RunId run, string job);

    [LoggerMessage(2206, LogLevel.Error,
        "Redis refuses to record how attempt {Attempt} of run {Run} ended ({Outcome}); it is given up, and the run's lease lapses: {Reason}")]
    private partial void LogUnrecorded(RunId run, int attempt, AttemptOutcome outcome, string reason);
}

using System.Globalization;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Hangfire.Layout;

/// <summary>The hash of a job. What is no field of Hangfire's is a parameter, which the details page shows.</summary>
internal static class JobHash
{
    public static RedisValue[] Of(RunRecord record, JobState current)
    {
        var run = record.Run;
        List<RedisValue> fields =
        [
            "Type", Invocation.Type,
            "Method", Invocation.Method,
            "ParameterTypes", Invocation.ParameterTypes,
            "Arguments", Invocation.Arguments(run.Job, run.Input),
            "CreatedAt", Timestamp.Of(run.CreatedAt),
            "State", current.Name,
            // Shown by a dashboard that cannot load the type.
            "DBG_Job", run.Job,
            "DBG_Input", Invocation.Cut(run.Input.GetRawText()),
            "Attempt", Invocation.Json(string.Create(CultureInfo.InvariantCulture, $"{run.Attempt} of {run.MaxAttempts}")),
            "Priority", Invocation.Json(run.Priority.Name()),
        ];
        // A dashboard that queues the job anew takes the queue from here.
        var queue = QueueName.Of(run.Queue);
        if (queue != QueueName.Default) fields.AddRange(["Queue", queue]);
        if (run.Attempt > 1) fields.AddRange(["RetryCount", run.Attempt - 1]);
        if (run.Tenant != "default") fields.AddRange(["Tenant", Invocation.Json(run.Tenant)]);
        if (run.Tags.Count > 0) fields.AddRange(["Tags", Invocation.Json(run.Tags)]);
        if (run.Meta.Count > 0) fields.AddRange(["Meta", Invocation.Json(run.Meta)]);
        if (record.CancelAskedAt is { } asked && !run.State.IsFinal()) fields.AddRange(["CancelAskedAt", Timestamp.Of(asked)]);
        if (run.Schedule is { } schedule)
            fields.AddRange(["RecurringJobId", Invocation.Json(schedule), "Time", run.CreatedAt.ToUnixTimeSeconds()]);
        return [.. fields];
    }
}

using System.Text.Json;
using Fleet.Engine.Runs;

namespace Fleet.Api.Intake;

/// <summary>A run as it is the moment it was stored, known without reading it back.</summary>
internal static class AcceptedRun
{
    public static Run Of(RunSpec spec, EnqueueResult result)
    {
        var due = DueAt(spec, result.At);
        return new Run
        {
            Id = result.Id,
            Job = spec.Job,
            Queue = spec.Queue,
            Priority = spec.Priority,
            Tenant = spec.Options.Tenant ?? "default",
            State = due is null ? RunState.Queued : RunState.Scheduled,
            MaxAttempts = spec.MaxAttempts,
            Input = JsonElement.Parse(spec.Input.Span),
            Tags = spec.Options.Tags ?? [],
            Meta = spec.Options.Meta ?? new Dictionary<string, string>(),
            Schedule = spec.Options.Schedule,
            Seq = 1,
            CreatedAt = result.At,
            DueAt = due,
        };
    }

    /// <summary>When it is due, in whole milliseconds as the script reckons; null when it was due at once.</summary>
    private static DateTimeOffset? DueAt(RunSpec spec, DateTimeOffset now)
    {
        var at = now.ToUnixTimeMilliseconds();
        var due = spec.At?.ToUnixTimeMilliseconds() ?? at + (long)spec.Delay.TotalMilliseconds;
        return due > at ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
    }
}

namespace Fleet.Engine.Scheduling;

/// <summary>The fields of a schedule's hash: a format, which only grows.</summary>
internal static class ScheduleFields
{
    /// <summary>When it ticks and how, as JSON (<see cref="ScheduleRule"/>).</summary>
    public const string Rule = "rule";

    /// <summary>The job of its runs.</summary>
    public const string Job = "job";

    /// <summary>Their queue.</summary>
    public const string Queue = "queue";

    /// <summary>Their priority, 0 (critical) to 3 (low).</summary>
    public const string Priority = "pri";

    /// <summary>How many attempts each may use.</summary>
    public const string MaxAttempts = "max";

    /// <summary>Their input, as JSON.</summary>
    public const string Input = "input";

    /// <summary>What few runs have, as JSON (<see cref="Runs.RunOptions"/>).</summary>
    public const string Options = "options";

    /// <summary>When it was created, in ms.</summary>
    public const string Created = "created";

    /// <summary>Grows by one whenever somebody changes it; ticking is no change.</summary>
    public const string Version = "version";

    /// <summary>1 while it is paused.</summary>
    public const string Paused = "paused";

    /// <summary>Its next tick in ms; empty when there is none.</summary>
    public const string Next = "next";

    /// <summary>The newest tick that created a run, in ms.</summary>
    public const string Last = "last";

    /// <summary>The run that this tick created.</summary>
    public const string Run = "run";

    /// <summary>The ids of its newest runs that may not be final, with spaces between them.</summary>
    public const string Runs = "runs";
}

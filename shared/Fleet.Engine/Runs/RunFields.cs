namespace Fleet.Engine.Runs;

/// <summary>The fields of a run's hash: a format, which only grows. Fields whose name is a number are events of the timeline.</summary>
internal static class RunFields
{
    /// <summary>The job's name.</summary>
    public const string Job = "job";

    /// <summary>The queue.</summary>
    public const string Queue = "queue";

    /// <summary>The priority, 0 (critical) to 3 (low).</summary>
    public const string Priority = "pri";

    /// <summary>How many attempts it may use.</summary>
    public const string MaxAttempts = "max";

    /// <summary>The input, as JSON.</summary>
    public const string Input = "input";

    /// <summary>The output, as JSON; once it succeeded.</summary>
    public const string Output = "output";

    /// <summary>What few runs have, as JSON (<see cref="RunOptions"/>); absent where there is nothing of it.</summary>
    public const string Options = "options";

    /// <summary>The state's name.</summary>
    public const string State = "state";

    /// <summary>The newest attempt's number.</summary>
    public const string Attempt = "attempt";

    /// <summary>The newest event's sequence number.</summary>
    public const string Seq = "seq";

    /// <summary>The id of its entry in its queue's stream while it waits or runs: the token that fences late workers.</summary>
    public const string Entry = "entry";

    /// <summary>When it is due, in ms; empty or absent unless it is scheduled.</summary>
    public const string Due = "due";

    /// <summary>The newest progress, as JSON.</summary>
    public const string Progress = "progress";

    /// <summary>Until when somebody watches it, in ms.</summary>
    public const string Watched = "watched";

    /// <summary>When its end was asked for, in ms.</summary>
    public const string Cancel = "cancel";

    /// <summary>How many workers were lost while they executed it.</summary>
    public const string Losses = "losses";

    /// <summary>How many attempts belong to its lives before the newest explicit retry.</summary>
    public const string Spent = "spent";

    /// <summary>The unique key it holds.</summary>
    public const string Unique = "unique";

    /// <summary>The ids of the runs that it waits for, with spaces between them; absent where it waits for none.</summary>
    public const string After = "after";

    /// <summary>Who asked for its end, where that is known.</summary>
    public const string Audit = "audit";
}

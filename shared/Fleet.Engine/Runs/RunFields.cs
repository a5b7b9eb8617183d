namespace Fleet.Engine.Runs;

/// <summary>The fields of a run's hash: a format, which only grows. Fields whose name is a number are events of the timeline.</summary>
internal static class RunFields
{
    /// <summary>What hardly ever changes, as <see cref="RunHead"/> has it.</summary>
    public const string Head = "head";

    /// <summary>What always changes, as <see cref="RunStanding"/> has it.</summary>
    public const string State = "state";

    /// <summary>The input, as JSON.</summary>
    public const string Input = "input";

    /// <summary>The output, as JSON; once it succeeded.</summary>
    public const string Output = "output";

    /// <summary>What few runs have, as JSON (<see cref="RunOptions"/>); absent where there is nothing of it.</summary>
    public const string Options = "options";

    /// <summary>The newest progress, as JSON.</summary>
    public const string Progress = "progress";

    /// <summary>Until when somebody watches it, in ms.</summary>
    public const string Watched = "watched";

    /// <summary>When its end was asked for, in ms.</summary>
    public const string Cancel = "cancel";

    /// <summary>How many workers were lost while they executed it.</summary>
    public const string Losses = "losses";

    /// <summary>The unique key it holds.</summary>
    public const string Unique = "unique";

    /// <summary>The ids of the runs that it waits for, with spaces between them; absent where it waits for none.</summary>
    public const string After = "after";

    /// <summary>Who asked for its end, where that is known.</summary>
    public const string Audit = "audit";
}

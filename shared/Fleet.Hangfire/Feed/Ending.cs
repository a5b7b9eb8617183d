namespace Fleet.Hangfire.Feed;

/// <summary>How a run ended, as Hangfire counts it.</summary>
internal enum Ending
{
    Succeeded,
    Failed,
    Deleted,
}

/// <summary>Facts about <see cref="Ending"/>.</summary>
internal static class Endings
{
    public static IReadOnlyList<Ending> All { get; } = Enum.GetValues<Ending>();

    /// <summary>The ending that a final state is.</summary>
    public static Ending Of(RunState state) => state switch
    {
        RunState.Succeeded => Ending.Succeeded,
        RunState.Failed => Ending.Failed,
        _ => Ending.Deleted,
    };

    /// <summary>The ending that the event of one tells of.</summary>
    public static Ending Of(EventType type) => type switch
    {
        EventType.Succeeded => Ending.Succeeded,
        EventType.Failed => Ending.Failed,
        _ => Ending.Deleted,
    };

    /// <summary>The name that its counters have.</summary>
    public static string Name(this Ending ending) => ending switch
    {
        Ending.Succeeded => "succeeded",
        Ending.Failed => "failed",
        _ => "deleted",
    };
}

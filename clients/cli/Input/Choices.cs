namespace Fleet.Cli.Input;

/// <summary>Words on the command line that must be one of a few.</summary>
internal static class Choices
{
    public static RunState? State(string? name) => name is null ? null
        : RunStates.TryParse(name, out var state) ? state
        : throw Wrong("--state", name, RunStates.All.Select(each => each.Name()));

    public static Priority? Priority(string? name) => name is null ? null
        : Priorities.TryParse(name, out var priority) ? priority
        : throw Wrong("--priority", name, Priorities.All.Select(each => each.Name()));

    public static Overlap? Overlap(string? name) => name is null ? null
        : Overlaps.TryParse(name, out var overlap) ? overlap
        : throw Wrong("--overlap", name, Overlaps.Names);

    public static Missed? Missed(string? name) => name is null ? null
        : MissedTicks.TryParse(name, out var missed) ? missed
        : throw Wrong("--missed", name, MissedTicks.Names);

    private static UsageException Wrong(string option, string name, IEnumerable<string> known)
    {
        var near = WrongUsage.Nearest(name, known) is { } meant ? $" Did you mean '{meant}'?" : "";
        return new UsageException($"{option} '{name}' is not one of {string.Join(", ", known)}.{near}");
    }
}

namespace Fleet.Faults.History;

/// <summary>What somebody saw who watched a run through the notifier, in the order in which it came, over all interruptions.</summary>
/// <param name="Run">The run.</param>
/// <param name="Via">How: <c>sse</c> or <c>hub</c>.</param>
/// <param name="From">When the watch began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Events">What came.</param>
/// <param name="Interruptions">How often the connection was lost.</param>
/// <param name="SawEnd">Whether the watch ended because the run did.</param>
/// <param name="Error">What the watch ended with, where it was not the run's end.</param>
internal sealed record WatchStory(
    RunId Run, string Via, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<RunEvent> Events, int Interruptions, bool SawEnd, string? Error);

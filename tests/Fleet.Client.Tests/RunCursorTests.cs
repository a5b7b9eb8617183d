using Fleet.Client.Live;

namespace Fleet.Client.Tests;

/// <summary>What a watcher of a run is shown, whatever the hub answers and sends: each event once and in order, and what is missing.</summary>
public sealed class RunCursorTests
{
    private static readonly RunId Id = RunId.New(1_770_000_000_000, 0);

    [Theory]
    // after, newest, events of the snapshot, gap, what is shown, where the cursor stands then
    [InlineData(0, 3, "1 2 3", false, "1 2 3", 3)]
    [InlineData(2, 3, "3", false, "3", 3)]
    [InlineData(2, 3, "1 2 3 3", false, "3", 3)]
    [InlineData(3, 3, "", false, "", 3)]
    [InlineData(1, 9, "4 5 9", true, "(1-4) 4 5 (5-9) 9", 9)]
    // What was dropped was the newest there is.
    [InlineData(3, 5, "", true, "(3-6)", 5)]
    // A Redis that lost its last writes gives their numbers to other events.
    [InlineData(7, 5, "", true, "(7-6)", 5)]
    // A part: the rest follows.
    [InlineData(0, 2000, "1 2", false, "1 2", 2)]
    public void Begin_ShowsWhatIsNewAndWhatIsMissing(long after, long newest, string events, bool gap, string shown, long stands)
    {
        var cursor = new RunCursor(after);

        var news = cursor.Begin(new RunSnapshot(Run(newest), [.. Numbers(events).Select(Event)], gap)).Select(Text);

        Assert.Equal(shown, string.Join(' ', news));
        Assert.Equal(stands, cursor.Seen);
    }

    [Fact]
    public void TryTake_ShowsTheNextPassesOverTheKnownAndRefusesWhatComesTooEarly()
    {
        var cursor = new RunCursor(4);

        Assert.True(cursor.TryTake(Event(4), out var known));
        Assert.Null(known);
        Assert.False(cursor.TryTake(Event(6), out var early));
        Assert.Null(early);
        Assert.True(cursor.TryTake(Event(5), out var next));
        Assert.Equal("5", Text(next!));
        Assert.True(cursor.TryTake(Event(6), out next));
        Assert.Equal("6", Text(next!));
    }

    private static IEnumerable<long> Numbers(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(number => long.Parse(number, provider: null));

    private static string Text(RunNews news) => news.Gap is { } gap ? $"({gap.After}-{gap.Before})" : $"{news.Event!.Seq}";

    private static RunEvent Event(long seq) => new(seq, EventType.Log, default, 1, null);

    private static Run Run(long seq) => new() { Id = Id, Job = "test.job", Queue = "default", State = RunState.Running, Seq = seq };
}

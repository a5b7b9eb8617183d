using System.Text.Json;
using Fleet.Faults.History;
using static Fleet.Faults.Tests.Judgement;
using static Fleet.Faults.Tests.Scenario;

namespace Fleet.Faults.Tests;

/// <summary>The checker objects to what is wrong around the runs, too: with watchers, schedules, processes, and the suite itself.</summary>
public sealed class SurroundingsCheckTests
{
    [Theory]
    [InlineData("an event missing")]
    [InlineData("an event twice")]
    [InlineData("two events in the wrong order")]
    [InlineData("another event than the timeline has")]
    [InlineData("an event too many")]
    [InlineData("no end")]
    [InlineData("an end that the watch was not told of")]
    public void WatcherThatSaw_SomethingElse_IsObjectedTo(string what)
    {
        var good = Good();
        var watch = good.Watches[0];
        var seen = watch.Events;
        WatchStory broken = what switch
        {
            "an event missing" => watch with { Events = [.. seen.Take(3), .. seen.Skip(4)] },
            "an event twice" => watch with { Events = [.. seen.Take(4), .. seen.Skip(3)] },
            "two events in the wrong order" => watch with { Events = [seen[0], seen[2], seen[1], .. seen.Skip(3)] },
            "another event than the timeline has" => watch with { Events = [seen[0], seen[1] with { At = At(99) }, .. seen.Skip(2)] },
            "an event too many" => watch with { Events = [.. seen, seen[^1] with { Seq = seen.Count + 1 }] },
            "no end" => watch with { Events = [.. seen.SkipLast(1)], SawEnd = false, Error = "the end did not come in time" },
            _ => watch with { Events = [.. seen.SkipLast(1)] },
        };

        Objects("A watcher sees the timeline, each event once and in order", Recovered, good with { Watches = [broken, good.Watches[1]] });
    }

    [Fact]
    public void WatcherThatSaw_AnotherText_IsObjectedTo()
    {
        var good = Good();
        var watch = good.Watches[0];
        var other = watch.Events.Select(e => e.Type == EventType.Log ? e with { Data = JsonSerializer.SerializeToElement(new { line = "other" }) } : e);

        Objects("A watcher sees the timeline, each event once and in order", Recovered, good with { Watches = [watch with { Events = [.. other] }] });
    }

    [Fact]
    public void MissedTick_IsObjectedTo() => Objects("A schedule ticks exactly once at each of its times", null,
        Good() with { Schedules = [new ScheduleStory(ScheduleName, [At(1), At(2), At(3)])] });

    [Fact]
    public void DoubleTick_IsObjectedTo() => Objects("A schedule ticks exactly once at each of its times", FirstTick,
        Good().WithRun(SecondTick, story => story with { Run = story.Run with { Meta = TickMeta(1) } }));

    [Fact]
    public void TickAtAnotherTime_IsObjectedTo() => Objects("A schedule ticks exactly once at each of its times", SecondTick,
        Good().WithRun(SecondTick, story => story with { Run = story.Run with { Meta = TickMeta(2.5) } }));

    [Fact]
    public void TickOfAScheduleThatNobodyMade_IsObjectedTo() => Objects("A schedule ticks exactly once at each of its times", SecondTick,
        Good().WithRun(SecondTick, story => story with { Run = story.Run with { Schedule = "other" } }));

    [Theory]
    [InlineData((int)EndWish.None, 134, false)]
    [InlineData((int)EndWish.None, 0, false)]
    [InlineData((int)EndWish.Asked, 1, false)]
    [InlineData((int)EndWish.Asked, 137, true)]
    public void ProcessThatEndsBadly_IsObjectedTo(int wish, int code, bool overdue) =>
        Objects("A process ends only when told to, and then in good order", null,
            Good() with { Processes = [new ProcessEnd("api-2", 1, At(5), code, (EndWish)wish, WasReady: true, overdue)] });

    [Fact]
    public void ProcessThatDoesNotComeBack_IsObjectedTo() =>
        Objects("A process ends only when told to, and then in good order", null,
            Good() with { Complaints = [new Complaint(At(5), "api-2 does not say that it is ready, though nothing is wrong any more.")] });

    [Theory]
    [InlineData("no faults")]
    [InlineData("few runs")]
    [InlineData("nothing recovered")]
    [InlineData("no watch interrupted")]
    public void SuiteThatDidTooLittle_IsObjectedTo(string what)
    {
        var good = Good();

        Objects("The suite did what it set out to do", null, what switch
        {
            "no faults" => good with { Faults = [good.Faults[0] with { Note = FaultStory.Missed }] },
            "few runs" => good with { Intent = good.Intent with { Runs = 100 } },
            "nothing recovered" => good with { Runs = [.. good.Runs.Where(story => story.Events.All(e => e.Type != EventType.Recovered))] },
            _ => good with { Watches = [] },
        });
    }
}

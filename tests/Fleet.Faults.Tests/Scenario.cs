using System.Text.Json;
using Fleet.Faults.Checking;
using Fleet.Faults.Faults;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Tests;

/// <summary>A small history in which everything is as it should be, and which a test breaks in one place.</summary>
internal static class Scenario
{
    /// <summary>When it all began.</summary>
    public static readonly DateTimeOffset Began = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A run that just succeeded.</summary>
    public static readonly RunId Plain = Id(1);

    /// <summary>A run that failed once, was retried by Fleet, and succeeded.</summary>
    public static readonly RunId Twice = Id(2);

    /// <summary>A run whose first worker was frozen and completed it too late; watched by hub and by stream.</summary>
    public static readonly RunId Recovered = Id(3);

    /// <summary>A run that failed for good, was retried by the client, and failed again.</summary>
    public static readonly RunId Reborn = Id(4);

    /// <summary>A run that was put off, given back, and then succeeded: three executions of attempt 1.</summary>
    public static readonly RunId PutOff = Id(5);

    /// <summary>A run that was cancelled while it waited for its time.</summary>
    public static readonly RunId Unwanted = Id(6);

    /// <summary>A run that took down three workers.</summary>
    public static readonly RunId Poison = Id(7);

    /// <summary>A run of which the client never heard: its call, without a key, was not answered.</summary>
    public static readonly RunId Unheard = Id(8);

    /// <summary>The runs of a schedule.</summary>
    public static readonly RunId FirstTick = Id(9);

    /// <inheritdoc cref="FirstTick"/>
    public static readonly RunId SecondTick = Id(10);

    /// <summary>The schedule that they are of.</summary>
    public const string ScheduleName = "every-second";

    /// <summary>A history that keeps every promise.</summary>
    public static FullHistory Good()
    {
        RunStory[] runs =
        [
            Story(Plain, Deed.Ok, "queued:0 started:1:w1 succeeded:1:w1/1"),
            Story(Twice, Deed.FailOnce, "queued:0 started:1:w1 retrying:1 queued:1 started:2:w2 succeeded:2:w2/1"),
            Story(Recovered, Deed.Tell, "queued:0 started:1:w1 log:1 recovered:1:w1 queued:1 started:2:w2 log:2 progress:2 succeeded:2:w2/2"),
            Story(Reborn, Deed.Permanent, "queued:0 started:1:w1 failed:1 queued:1:retry started:2:w2 failed:2"),
            Story(PutOff, Deed.Snooze, "queued:0 started:1:w1 scheduled:1:snoozed queued:0 started:1:w2 released:1 queued:1 started:1:w1 succeeded:1:w1/9"),
            Story(Unwanted, Deed.Ok, "scheduled:0 cancelled:0"),
            Story(Poison, Deed.Slow, "queued:0 started:1:w1 recovered:1:w1 queued:1 started:2:w2 recovered:2:w2 queued:2 started:3:w1 failed:3:worker-lost"),
            Story(Unheard, Deed.Ok, "queued:0 started:1:w1 succeeded:1:w1/10"),
            Story(FirstTick, Deed.Ok, "queued:0 started:1:w1 succeeded:1:w1/11", tick: 1),
            Story(SecondTick, Deed.Ok, "queued:0 started:1:w1 succeeded:1:w1/12", tick: 2),
        ];
        return new FullHistory(
            new Intent(7, Began, TimeSpan.FromMinutes(2), Faults: 1, Runs: 7),
            [
                .. runs.Take(7).Select(story => Requested(story, keyed: true)),
                Requested(runs[7], keyed: false),
            ],
            [
                // The first answer to the first request was lost; the second says that the run was there already.
                new Call(CallKind.Submit, At(0), 4000, "api-1", Op(Plain), null, 0, "no answer in time", []),
                new Call(CallKind.Submit, At(0.1), 5, "api-2", Op(Plain), null, 200, null, [new Told(Plain, RunState.Succeeded, 3, 1)]),
                .. runs.Skip(1).Take(6).Select(story => new Call(CallKind.Submit, At(0), 5, "api-1", Op(story.Run.Id), null, 201, null,
                    [new Told(story.Run.Id, story.Events[0].Type == EventType.Queued ? RunState.Queued : RunState.Scheduled, 1, 0)])),
                new Call(CallKind.Submit, At(0), 1500, "api-1", Op(Unheard), null, 503, "redis-unavailable", []),
                new Call(CallKind.Read, At(3), 5, "api-1", null, Recovered, 200, null, [new Told(Recovered, RunState.Running, 3, 1)]),
                new Call(CallKind.Read, At(3), 5, "api-1", null, PutOff, 200, null, [new Told(PutOff, RunState.Scheduled, 3, 0)]),
                new Call(CallKind.Retry, At(3.5), 5, "api-1", null, Reborn, 202, null, [new Told(Reborn, RunState.Queued, 4, 1)]),
                new Call(CallKind.Cancel, At(1.5), 5, "api-1", null, Unwanted, 202, null, [new Told(Unwanted, RunState.Cancelled, 2, 0)]),
                new Call(CallKind.Cancel, At(9), 5, "api-1", null, Plain, 409, "already-final", []),
            ],
            [
                .. Did("w1/1", Plain, 1, Deed.Ok, EffectPhase.Done),
                .. Did("w1/2", Twice, 1, Deed.FailOnce, EffectPhase.Threw),
                .. Did("w2/1", Twice, 2, Deed.FailOnce, EffectPhase.Done),
                // Thawed, it went on and completed what was no longer its run; nothing of that is on the timeline.
                .. Did("w1/3", Recovered, 1, Deed.Tell, EffectPhase.Done),
                .. Did("w2/2", Recovered, 2, Deed.Tell, EffectPhase.Done),
                .. Did("w1/4", Reborn, 1, Deed.Permanent, EffectPhase.Threw),
                .. Did("w2/3", Reborn, 2, Deed.Permanent, EffectPhase.Threw),
                .. Did("w1/5", PutOff, 1, Deed.Snooze, EffectPhase.Snoozed),
                .. Did("w2/4", PutOff, 1, Deed.Snooze, EffectPhase.Cancelled),
                .. Did("w1/9", PutOff, 1, Deed.Snooze, EffectPhase.Done),
                .. Did("w1/10", Unheard, 1, Deed.Ok, EffectPhase.Done),
                .. Did("w1/11", FirstTick, 1, Deed.Ok, EffectPhase.Done),
                .. Did("w1/12", SecondTick, 1, Deed.Ok, EffectPhase.Done),
            ],
            runs,
            [
                new WatchStory(Recovered, "hub", At(0), At(12), runs[2].Events, Interruptions: 1, SawEnd: true, Error: null),
                // It ended with the first of two lives.
                new WatchStory(Reborn, "sse", At(0), At(12), [.. runs[3].Events.Take(3)], Interruptions: 0, SawEnd: true, Error: null),
            ],
            [new FaultStory(1, FaultKind.Freeze, "w1", At(3), At(8), null)],
            [
                new ProcessEnd("worker-1", 1, At(5), 137, EndWish.Killed, WasReady: true, Overdue: false),
                new ProcessEnd("api-1", 1, At(6), 1, EndWish.None, WasReady: false, Overdue: false),
                new ProcessEnd("api-1", 2, At(9), 0, EndWish.Asked, WasReady: true, Overdue: false),
            ],
            new Leftovers([], [], [new StreamLeftovers("q:default:normal", 0, 0)]),
            [new ScheduleStory(ScheduleName, [At(1), At(2)])],
            []);
    }

    /// <summary>A time, in seconds from the beginning.</summary>
    public static DateTimeOffset At(double seconds) => Began.AddSeconds(seconds);

    /// <summary>What a run of a schedule says of its tick.</summary>
    public static Dictionary<string, string> TickMeta(double seconds) => new() { ["scheduledAt"] = At(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null) };

    /// <summary>The same history with another timeline for one run, and a record that goes with it.</summary>
    public static FullHistory WithTimeline(this FullHistory history, RunId run, string timeline)
    {
        var deed = Evidence.StepOf(history.Runs.Single(story => story.Run.Id == run).Run)!.Do;
        return history.WithRun(run, _ => Story(run, deed, timeline));
    }

    /// <summary>The same history with another story of one run.</summary>
    public static FullHistory WithRun(this FullHistory history, RunId run, Func<RunStory, RunStory> change) =>
        history with { Runs = [.. history.Runs.Select(story => story.Run.Id == run ? change(story) : story)] };

    /// <summary>The request that a run came from.</summary>
    public static string Op(RunId run) => $"op-{run}";

    /// <summary>The id of the nth run.</summary>
    public static RunId Id(byte n) => RunId.Create(Began.ToUnixTimeMilliseconds(), 0, [0, 0, 0, 0, 0, 0, 0, 0, n]);

    /// <summary>A run with a timeline written as "type:attempt:data", one event a second.</summary>
    private static RunStory Story(RunId id, Deed deed, string timeline, int? tick = null)
    {
        var step = StepOf(id, deed);
        var events = timeline.Split(' ').Select((text, index) => Event(index + 1, text.Split(':'), step)).ToList();
        var replay = new Replay();
        foreach (var e in events) replay.Next(e);
        var last = events[^1];
        var run = new Run
        {
            Id = id,
            Job = ScriptedJob.Name,
            Queue = "default",
            State = replay.State,
            Attempt = replay.Attempt,
            Seq = last.Seq,
            Input = JsonSerializer.SerializeToElement(step, FleetJson.Options),
            Output = last.Type == EventType.Succeeded ? last.Data!.Value.GetProperty("output") : null,
            Error = last.Type == EventType.Failed ? last.Data!.Value.GetProperty("error").Deserialize<RunError>(FleetJson.Options) : null,
            Schedule = tick is null ? null : ScheduleName,
            Meta = tick is null ? new Dictionary<string, string>() : TickMeta(tick.Value),
            CreatedAt = events[0].At,
        };
        return new RunStory(run, events, [run.State.IsFinal() ? run.State.Name() : "active"]);
    }

    private static RunEvent Event(int seq, string[] words, Step step)
    {
        var type = EventTypes.Parse(words[0]);
        var more = words.Length > 2 ? words[2] : null;
        object? data = type switch
        {
            EventType.Started or EventType.Recovered => new { worker = more },
            EventType.Succeeded => new { output = new StepOutput(more!, step.Op, step.Index, step.Text) },
            EventType.Failed or EventType.Retrying => new { error = new RunError(more ?? "JobException", ScriptedJob.Told) },
            EventType.Log => new { line = $"line of {words[1]}" },
            EventType.Progress => new RunProgress(0.5),
            _ => more is null ? null : new { reason = more },
        };
        return new RunEvent(seq, type, At(seq), int.Parse(words[1], provider: null),
            data is null ? null : JsonSerializer.SerializeToElement(data, FleetJson.Options));
    }

    private static Step StepOf(RunId id, Deed deed) => new(deed, Op(id), 0, 10, "text");

    private static Request Requested(RunStory story, bool keyed) =>
        new(Op(story.Run.Id), keyed, Batch: false, [Evidence.StepOf(story.Run)!], At(0));

    private static Effect[] Did(string execution, RunId run, int attempt, Deed deed, EffectPhase end)
    {
        var worker = execution.Split('/')[0];
        return [new Effect(execution, run, attempt, worker, deed, EffectPhase.Began, At(2)), new Effect(execution, run, attempt, worker, deed, end, At(3))];
    }
}

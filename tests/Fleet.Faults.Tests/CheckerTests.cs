using System.Text.Json;
using Fleet.Faults.Checking;
using Fleet.Faults.History;
using static Fleet.Faults.Tests.Judgement;
using static Fleet.Faults.Tests.Scenario;

namespace Fleet.Faults.Tests;

/// <summary>The checker objects to each way in which a history can be broken, and to nothing in a good one.</summary>
public sealed class CheckerTests
{
    [Fact]
    public void GoodHistory_KeepsEveryPromise() => Assert.Empty(Broken(Good()));

    [Fact]
    public void LostRun_IsObjectedTo() =>
        Objects("Every accepted run is there and final", Plain, Good() with { Runs = [.. Good().Runs.Where(story => story.Run.Id != Plain)] });

    [Fact]
    public void AcceptedRun_ThatNeverEnds_IsObjectedTo() =>
        Objects("Every accepted run is there and final", Plain, Good().WithTimeline(Plain, "queued:0 started:1:w1"));

    [Fact]
    public void UnheardRun_ThatNeverEnds_IsObjectedTo() =>
        Objects("Every accepted run is there and final", Unheard, Good().WithTimeline(Unheard, "queued:0"));

    [Fact]
    public void SecondFinalTransition_IsObjectedTo()
    {
        var broken = Good().WithTimeline(Plain, "queued:0 started:1:w1 succeeded:1:w1/1 cancelled:1");

        Objects("Every life of a run has one final transition", Plain, broken);
        Objects("A timeline follows the state diagram", Plain, broken);
    }

    [Fact]
    public void SuccessTwice_IsObjectedTo() =>
        Objects("Every life of a run has one final transition", Twice,
            Good().WithTimeline(Twice, "queued:0 started:1:w1 retrying:1 queued:1 started:2:w2 succeeded:2:w2/1 succeeded:2:w2/1"));

    [Fact]
    public void Gap_IsObjectedTo() =>
        Objects("A timeline is numbered 1, 2, 3 … without gaps", Recovered,
            Good().WithRun(Recovered, story => story with { Events = [.. story.Events.Where(e => e.Seq != 3)] }));

    [Fact]
    public void EventMissingAtTheEnd_IsObjectedTo() =>
        Objects("A timeline is numbered 1, 2, 3 … without gaps", Plain,
            Good().WithRun(Plain, story => story with { Events = [.. story.Events.SkipLast(1)] }));

    [Fact]
    public void SameNumberTwice_IsObjectedTo() =>
        Objects("A timeline is numbered 1, 2, 3 … without gaps", Plain,
            Good().WithRun(Plain, story => story with { Events = [story.Events[0], story.Events[0], .. story.Events.Skip(1)] }));

    [Fact]
    public void AttemptGoingBackwards_IsObjectedTo() =>
        Objects("Attempts only grow", Recovered,
            Good().WithTimeline(Recovered, "queued:0 started:2:w1 recovered:2:w1 queued:2 started:1:w2 succeeded:1:w2/2"));

    [Fact]
    public void AttemptStartedTwice_IsObjectedTo() =>
        Objects("Attempts only grow", Twice,
            Good().WithTimeline(Twice, "queued:0 started:1:w1 retrying:1 queued:1 started:1:w2 succeeded:1:w2/1"));

    [Fact]
    public void SuccessOfAFencedAttempt_IsObjectedTo() =>
        Objects("No success of a fenced attempt is recorded", Recovered,
            Good().WithTimeline(Recovered, "queued:0 started:1:w1 recovered:1:w1 queued:1 started:2:w2 succeeded:1:w1/3"));

    [Fact]
    public void SuccessOfARecoveredAttempt_ThatNobodyHasStartedAnew_IsObjectedTo() =>
        Objects("No success of a fenced attempt is recorded", Recovered,
            Good().WithTimeline(Recovered, "queued:0 started:1:w1 recovered:1:w1 queued:1 succeeded:1:w1/3"));

    [Fact]
    public void SuccessOfAnotherWorker_WithTheSameAttempt_IsObjectedTo() =>
        Objects("No success of a fenced attempt is recorded", PutOff,
            Good().WithTimeline(PutOff, "queued:0 started:1:w1 scheduled:1:snoozed queued:0 started:1:w2 released:1 queued:1 started:1:w2 succeeded:1:w1/9"));

    [Fact]
    public void SuccessWithoutEffect_IsObjectedTo() =>
        Objects("Every success has its effect", Plain, Good() with { Effects = [.. Good().Effects.Where(effect => effect.Run != Plain)] });

    [Fact]
    public void SuccessWhoseHandlerNeverCompleted_IsObjectedTo() =>
        Objects("Every success has its effect", Plain,
            Good() with { Effects = [.. Good().Effects.Where(effect => effect.Run != Plain || effect.Phase == EffectPhase.Began)] });

    [Fact]
    public void SuccessWithTheEffectOfAnotherAttempt_IsObjectedTo() =>
        Objects("Every success has its effect", Recovered,
            Good().WithTimeline(Recovered, "queued:0 started:1:w1 recovered:1:w1 queued:1 started:2:w1 succeeded:2:w1/3"));

    [Fact]
    public void ImpossibleTransition_IsObjectedTo() =>
        Objects("A timeline follows the state diagram", Plain, Good().WithTimeline(Plain, "queued:0 succeeded:0:w1/1"));

    [Fact]
    public void RecordThatContradictsItsTimeline_IsObjectedTo() =>
        Objects("A timeline follows the state diagram", Plain,
            Good().WithRun(Plain, story => story with { Run = story.Run with { State = RunState.Failed } }));

    [Fact]
    public void LifeThatNobodyAskedFor_IsObjectedTo() =>
        Objects("A run lives again only when asked to", Reborn, Good() with { Calls = [.. Good().Calls.Where(call => call.Kind != CallKind.Retry)] });

    [Fact]
    public void RetryThatWasGrantedAndDidNothing_IsObjectedTo() =>
        Objects("A run lives again only when asked to", Reborn, Good().WithTimeline(Reborn, "queued:0 started:1:w1 failed:1"));

    [Fact]
    public void EntryLeftPending_IsObjectedTo() => Objects("Nothing is left pending, due or listed as active", null,
        Good() with { Leftovers = new Leftovers([], [], [new StreamLeftovers("q:default:normal", 1, 1)]) });

    [Fact]
    public void EntryLeftInAStream_IsObjectedTo() => Objects("Nothing is left pending, due or listed as active", null,
        Good() with { Leftovers = new Leftovers([], [], [new StreamLeftovers("q:default:normal", 1, 0)]) });

    [Fact]
    public void RunLeftDue_IsObjectedTo() => Objects("Nothing is left pending, due or listed as active", Plain,
        Good() with { Leftovers = new Leftovers([], [Plain.ToString()], []) });

    [Fact]
    public void RunLeftInTheWrongListing_IsObjectedTo() => Objects("Nothing is left pending, due or listed as active", Plain,
        Good().WithRun(Plain, story => story with { Listings = ["succeeded", "active"] }));

    [Fact]
    public void KeyThatLedToTwoRuns_IsObjectedTo()
    {
        var good = Good();
        var twin = good.Runs.Single(story => story.Run.Id == Plain);

        Objects("A request leads to each of its runs once, however often it is sent", Plain,
            good with { Runs = [.. good.Runs, twin with { Run = twin.Run with { Id = Id(99) } }] });
    }

    [Fact]
    public void KeyThatWasAnsweredWithTwoRuns_IsObjectedTo() =>
        Objects("A request leads to each of its runs once, however often it is sent", Twice, Good() with
        {
            Calls = [.. Good().Calls, new Call(CallKind.Submit, At(2), 5, "api-2", Op(Twice), null, 200, null, [new Told(Plain, RunState.Succeeded, 3, 1)])],
        });

    [Fact]
    public void KeyThatWasNeverAccepted_IsObjectedTo() =>
        Objects("A request leads to each of its runs once, however often it is sent", null,
            Good() with { Calls = [.. Good().Calls.Where(call => call.Op != Op(Twice))] });

    [Fact]
    public void RunThatNobodyAskedFor_IsObjectedTo() =>
        Objects("A request leads to each of its runs once, however often it is sent", Unheard,
            Good() with { Requests = [.. Good().Requests.Where(request => request.Op != Op(Unheard))] });

    [Fact]
    public void InputThatChanged_IsObjectedTo() =>
        Objects("A request leads to each of its runs once, however often it is sent", Plain,
            Good().WithRun(Plain, story => story with
            {
                Run = story.Run with { Input = JsonSerializer.SerializeToElement(Evidence.StepOf(story.Run)! with { Text = "other" }, FleetJson.Options) },
            }));

    [Fact]
    public void AnswerThatWasNeverTrue_IsObjectedTo() =>
        Objects("What the API answered is what happened", Recovered, Good() with
        {
            Calls = [.. Good().Calls, new Call(CallKind.Read, At(4), 5, "api-1", null, Recovered, 200, null, [new Told(Recovered, RunState.Failed, 3, 1)])],
        });

    [Fact]
    public void AnswerOfAnEventThatIsGone_IsObjectedTo() =>
        Objects("What the API answered is what happened", Plain, Good() with
        {
            Calls = [.. Good().Calls, new Call(CallKind.Read, At(4), 5, "api-1", null, Plain, 200, null, [new Told(Plain, RunState.Queued, 7, 2)])],
        });

    [Fact]
    public void RefusalOfWhatMustBeTaken_IsObjectedTo() =>
        Objects("What the API answered is what happened", null, Good() with
        {
            Calls = [.. Good().Calls, new Call(CallKind.Submit, At(4), 5, "api-1", Op(Twice), null, 422, "idempotency-conflict", [])],
        });

    [Fact]
    public void CancellationThatNobodyAskedFor_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Unwanted, Good() with { Calls = [.. Good().Calls.Where(call => call.Run != Unwanted)] });

    [Fact]
    public void ExpiryOfWhatHasNoDeadline_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Unwanted, Good().WithTimeline(Unwanted, "scheduled:0 expired:0"));

    [Fact]
    public void ExpiryAfterAStart_IsObjectedTo() =>
        Objects("A timeline follows the state diagram", Plain, Good().WithTimeline(Plain, "queued:0 started:1:w1 expired:1"));

    [Fact]
    public void SuccessOfWhatCannotSucceed_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Reborn, Good().WithTimeline(Reborn, "queued:0 started:1:w1 succeeded:1:w1/4"));

    [Fact]
    public void FailureOfWhatShouldSucceed_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Plain, Good().WithTimeline(Plain, "queued:0 started:1:w1 failed:1"));

    [Fact]
    public void RetryAfterAPermanentFailure_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Reborn,
            Good().WithTimeline(Reborn, "queued:0 started:1:w1 retrying:1 queued:1 started:2:w2 failed:2"));

    [Fact]
    public void PoisonousRun_FailedTooEarly_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Poison, Good().WithTimeline(Poison, "queued:0 started:1:w1 failed:1:worker-lost"));

    [Fact]
    public void OutputOfAnotherInput_IsObjectedTo() =>
        Objects("Every run ends as its input asks", Plain, Good().WithRun(Plain, story => story with
        {
            Run = story.Run with { Output = JsonSerializer.SerializeToElement(new { effect = "w1/1", op = "other", index = 0, text = "text" }) },
        }));
}

using Fleet.Engine.Work;

namespace Fleet.Engine.Tests;

/// <summary>What a run should be, kept by the plainest means.</summary>
internal sealed class ModelRun
{
    public const int AttemptsOfALife = 5;

    public required RunId Id { get; init; }

    public RunState State { get; set; } = RunState.Queued;

    public int Attempt { get; set; }

    public int MaxAttempts { get; set; } = AttemptsOfALife;

    public long Seq { get; set; } = 1;

    /// <summary>Whether it is scheduled for a time that does not come.</summary>
    public bool IsFarAway { get; set; }

    public bool IsForgotten { get; set; }

    /// <summary>The attempt under way, where a worker took the run.</summary>
    public TakenRun? Held { get; private set; }

    /// <summary>Attempts that are no longer current.</summary>
    public List<TakenRun> Past { get; } = [];

    private bool CancelAsked { get; set; }

    private int Losses { get; set; }

    private bool IsAnnounced => State == RunState.Running;

    public AttemptStanding Standing => CancelAsked ? AttemptStanding.CancelRequested : AttemptStanding.Current;

    public void Take(TakenRun taken) => Held = taken;

    /// <summary>Somebody records the start, unless it is recorded already.</summary>
    public void Announce()
    {
        if (IsAnnounced) return;
        State = RunState.Running;
        Attempt = Held!.Attempt;
        Seq++;
    }

    public void Append(int events)
    {
        Announce();
        Seq += events;
    }

    public void Finish(AttemptOutcome outcome)
    {
        Announce();
        // What was begun cannot be too late.
        if (outcome == AttemptOutcome.Expired) outcome = AttemptOutcome.Release;
        if (CancelAsked && (outcome is AttemptOutcome.Retry or AttemptOutcome.Snooze or AttemptOutcome.Release)) outcome = AttemptOutcome.Cancelled;
        var (state, events) = outcome switch
        {
            AttemptOutcome.Succeeded => (RunState.Succeeded, 1),
            AttemptOutcome.Failed => (RunState.Failed, 1),
            AttemptOutcome.Cancelled => (RunState.Cancelled, 1),
            AttemptOutcome.Release => (RunState.Queued, 2),
            _ => (RunState.Scheduled, 1),
        };
        if (outcome is AttemptOutcome.Snooze or AttemptOutcome.Release) Attempt--;
        LetGo(state, events);
    }

    public void GiveBack()
    {
        if (IsAnnounced) Finish(AttemptOutcome.Release);
        else LetGo(RunState.Queued, 0);
    }

    public void LoseWorker()
    {
        Announce();
        Losses++;
        if (CancelAsked) LetGo(RunState.Cancelled, 1);
        else if (Losses >= 3) LetGo(RunState.Failed, 1);
        else LetGo(RunState.Queued, 2);
    }

    public Runs.CancelOutcome Cancel()
    {
        if (IsForgotten) return Runs.CancelOutcome.Unknown;
        if (State.IsFinal()) return Runs.CancelOutcome.Final;
        if (Held is not null)
        {
            Announce();
            CancelAsked = true;
            return Runs.CancelOutcome.Told;
        }

        State = RunState.Cancelled;
        Seq++;
        return Runs.CancelOutcome.Cancelled;
    }

    public Runs.ChangeOutcome Retry()
    {
        if (IsForgotten) return Runs.ChangeOutcome.Unknown;
        if (!State.IsFinal()) return Runs.ChangeOutcome.NotFinal;
        (State, CancelAsked, Losses, IsFarAway) = (RunState.Queued, false, 0, false);
        MaxAttempts = Attempt + AttemptsOfALife;
        Seq++;
        return Runs.ChangeOutcome.Done;
    }

    public Runs.ChangeOutcome Delete()
    {
        if (IsForgotten) return Runs.ChangeOutcome.Unknown;
        if (!State.IsFinal()) return Runs.ChangeOutcome.NotFinal;
        IsForgotten = true;
        return Runs.ChangeOutcome.Done;
    }

    public void Promote()
    {
        State = RunState.Queued;
        Seq++;
    }

    private void LetGo(RunState state, int events)
    {
        State = state;
        Seq += events;
        Past.Add(Held!);
        Held = null;
    }
}

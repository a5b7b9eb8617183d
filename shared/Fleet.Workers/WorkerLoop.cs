using System.Collections.Concurrent;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers;

/// <summary>
/// Takes the runs of one partition, has them executed, and reports how they ended. One loop, one call to Redis of each kind under
/// way at a time: what becomes ready meanwhile goes into the next. The kinds do not wait for each other, so Redis has the next take to
/// do while the worker reads what the last one brought.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Wait until an attempt ended, a run arrived, or the start of one is worth telling. A crash here loses nothing: the pending
/// list in Redis holds every run taken, and the sweep of any process gives them to others once the lease has lapsed.</item>
/// <item>Report what ended. A crash before Redis answered may leave the end unrecorded, and the run is executed again: at least once.
/// A crash after it loses nothing. A report that fails is sent again; Redis takes each end only once.</item>
/// <item>Tell of attempts that go on for longer than a moment. Shorter ones are told of together with their end.</item>
/// <item>Take as many runs as slots are free. A crash before the answer arrives leaves runs with a worker that does not know of them;
/// the lease lapses as for any other. Where only the answer was lost, it is asked for again.</item>
/// <item>Start what was taken, or, when nothing waits, wait for the next run on a connection of its own.</item>
/// </list>
/// </remarks>
internal sealed partial class WorkerLoop(
    PartitionKeys partition,
    WorkQueue queue,
    IServedLines lines,
    LineWait wait,
    Slots slots,
    HeldRuns held,
    string worker,
    TimeSpan patience,
    Func<string, bool> knowsJob,
    Func<Attempt, Task<AttemptReport?>> executeAsync,
    Action<TakenRun, AttemptStanding> heed,
    Action<TakenRun> fenced,
    Action slotsFreed,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private const int MostPerCall = 256;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(1);

    /// <summary>Attempts that end sooner are told of once, at their end: that saves Redis a write a run, and nobody could have seen it.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromMilliseconds(5);

    /// <summary>One full take in so many begins with what has waited for too long.</summary>
    private const int PatientTakes = 8;

    private readonly Signal _signal = new();
    private readonly Pulse _pulse = new(time);
    private readonly SingleCall _reporting = new(time);
    private readonly SingleCall _telling = new(time);
    private readonly SingleCall _taking = new(time);
    private readonly ConcurrentQueue<AttemptReport> _ended = new();
    private readonly ConcurrentQueue<TakenRun> _arrived = new();
    private readonly ConcurrentQueue<TakenRun> _taken = new();
    private readonly Queue<Attempt> _untold = new();
    private readonly List<AttemptReport> _unreported = [];
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _retry = FirstRetry;
    private int _sentBefore;
    private int _fullTakes;
    private volatile bool _lineIsEmpty;
    private int _open;
    private volatile bool _stopping;
    private volatile bool _abandoned;
    private volatile bool _answerLost;
    private volatile bool _draining;

    /// <summary>For how long it has not come round, waited for the answer to a call, or waited on a line, which takes a few seconds.</summary>
    public TimeSpan Silence => new[] { _pulse.Silence, _reporting.Silence, _telling.Silence, _taking.Silence, wait.Silence }.Max();

    /// <summary>Runs until <see cref="Stop"/> was called and everything taken is reported.</summary>
    public async Task RunAsync()
    {
        while (!_abandoned && !(_stopping && IsDone()))
        {
            _pulse.Beat();
            try
            {
                await LookAsync();
            }
#pragma warning disable CA1031 // A loop that ended would leave a worker that lives, renews its leases and does nothing.
            catch (Exception e)
#pragma warning restore CA1031
            {
                if (_abandoned) break;
                LogUnforeseen(e);
                await Task.Delay(LastRetry, time, CancellationToken.None);
            }
        }

        _pulse.Rest();
    }

    /// <summary>Takes nothing more.</summary>
    public void Stop()
    {
        _stopping = true;
        _stop.Cancel();
        wait.CutShort();
        _signal.Set();
    }

    /// <summary>Takes nothing more, and runs on: what it has taken goes on, and is reported.</summary>
    public void Drain()
    {
        _draining = true;
        wait.CutShort();
        _signal.Set();
    }

    /// <summary>Ends the loop whatever is left to report.</summary>
    public void Abandon()
    {
        _abandoned = true;
        _signal.Set();
    }

    /// <summary>Looks again, because a slot is free.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Looks again, because a queue has come into use, was paused or resumed.</summary>
    public void LinesChanged()
    {
        // It waits on other lines than it should.
        wait.CutShort();
        LookAgain();
    }

    /// <summary>Looks again, because something may be there.</summary>
    private void LookAgain()
    {
        _lineIsEmpty = false;
        _signal.Set();
    }

    /// <summary>Ends an attempt, with nothing to report where its run is no longer ours. False when it has ended already.</summary>
    public bool TryConclude(Attempt attempt, AttemptReport? report)
    {
        if (!attempt.TryConclude()) return false;
        if (report is null) held.Remove(attempt.Run);
        else _ended.Enqueue(report);
        Close();
        return true;
    }

    public void Dispose()
    {
        _signal.Dispose();
        _stop.Dispose();
    }

    private async Task LookAsync()
    {
        // 1. Wait for something to do.
        await _signal.WaitAsync(NextLook());
        if (_answerLost && !wait.IsUnderWay) await RetakeAsync();

        // 5. Start what was brought: by the wait, which was in line before whatever was taken since, and by the last take.
        while (_arrived.TryDequeue(out var run)) StartArrived(run);
        while (_taken.TryDequeue(out var run)) Start(run);

        // 2–4. Each goes out as soon as the one before it is answered.
        if (_reporting.IsOver) _reporting.Begin(ReportEndedAsync(), _signal.Set, LogUnforeseen);
        if (_telling.IsOver) _telling.Begin(TellOfStartedAsync(), _signal.Set, LogUnforeseen);
        if (_taking.IsOver) _taking.Begin(TakeAsync(), _signal.Set, LogUnforeseen);

        // 5. Nothing waits: wait for the next.
        if (_taking.IsOver && _taken.IsEmpty && TakesMore && _lineIsEmpty && slots.Free > 0) WaitForRun();
    }

    /// <summary>In this order: what may still open or end something is looked at before what it leaves behind.</summary>
    private bool IsDone() =>
        !wait.IsUnderWay && _arrived.IsEmpty && _taking.IsOver && _taken.IsEmpty && Volatile.Read(ref _open) == 0
        && _ended.IsEmpty && _reporting.IsOver && _unreported.Count == 0;

    private TimeSpan NextLook()
    {
        if (!_arrived.IsEmpty || !_taken.IsEmpty) return TimeSpan.Zero;
        if (_reporting.IsOver)
        {
            if (_unreported.Count > 0) return _retry;
            if (!_ended.IsEmpty) return TimeSpan.Zero;
        }

        if (_taking.IsOver && CanTake()) return TimeSpan.Zero;
        return _telling.IsOver && _untold.TryPeek(out var oldest)
            ? Max(WorthTelling - time.GetElapsedTime(oldest.StartedAt), TimeSpan.Zero)
            : Idle;
    }

    private bool TakesMore => !_stopping && !_draining;

    /// <summary>While a wait is under way, it is what takes: a run that it brings needs a slot.</summary>
    private bool CanTake() => TakesMore && !_lineIsEmpty && !wait.IsUnderWay && slots.Free > 0;

    private async Task ReportEndedAsync()
    {
        while (_unreported.Count < MostPerCall && _ended.TryDequeue(out var report)) _unreported.Add(report);
        if (_unreported.Count == 0) return;

        try
        {
            try
            {
                var recorded = await queue.FinishAsync(worker, _unreported);
                for (var i = 0; i < _unreported.Count; i++)
                {
                    // One that was sent before may have been recorded then, its answer lost with the connection.
                    if (!recorded[i] && i >= _sentBefore) Refused(_unreported[i]);
                    held.Remove(_unreported[i].Run);
                }

                _unreported.Clear();
            }
            catch (Exception e) when (RedisFailure.IsForGood(e))
            {
                await ReportEachAsync();
            }

            _sentBefore = 0;
            _retry = FirstRetry;
        }
#pragma warning disable CA1031 // Whatever went wrong, a result is not given up.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The results are kept and sent again: Redis takes each end only once, so sending one twice does no harm.
            LogKept(_unreported.Count, e.Message);
            _sentBefore = _unreported.Count;
            _retry = Min(_retry * 2, LastRetry);
        }
    }

    private void Refused(AttemptReport report)
    {
        // A loss that the handler was told of is known already, and a run that was never executed was no loss.
        if (report.StartedAt is not null && held.Find(report.Run) is { Reason: not EndReason.Lost }) fenced(report.Run);
    }

    private async Task TellOfStartedAsync()
    {
        var attempts = new List<(TakenRun, long)>();
        while (attempts.Count < MostPerCall && _untold.TryPeek(out var oldest)
            && (oldest.IsConcluded || time.GetElapsedTime(oldest.StartedAt) >= WorthTelling))
        {
            _untold.Dequeue();
            if (!oldest.IsConcluded) attempts.Add((oldest.Run, oldest.StartedAt));
        }

        if (attempts.Count == 0) return;
        try
        {
            var standings = await queue.StartAsync(worker, attempts);
            for (var i = 0; i < attempts.Count; i++) heed(attempts[i].Item1, standings[i]);
        }
#pragma warning disable CA1031 // Whatever went wrong, it can be told later.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // Their end, or the next renewal of their lease, tells of their start too.
            LogKept(attempts.Count, e.Message);
        }
    }

    private async Task TakeAsync()
    {
        if (!CanTake()) return;
        var served = lines.Of(partition);
        if (served.Count == 0)
        {
            _lineIsEmpty = true;
            return;
        }

        var reserved = slots.Reserve(MostPerCall);
        if (reserved == 0) return;

        IReadOnlyList<TakenRun> taken = [];
        try
        {
            taken = await queue.TakeAsync(served, worker, reserved, _fullTakes % PatientTakes == PatientTakes - 1 ? patience : TimeSpan.Zero);
            _lineIsEmpty = taken.Count < reserved;
            // Only where there was more than could be taken can a line have been left waiting.
            _fullTakes = _lineIsEmpty ? 0 : _fullTakes + 1;
        }
#pragma warning disable CA1031 // Whatever went wrong, the slots must not stay reserved.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotTaken(e.Message);
            _lineIsEmpty = true;
            _answerLost = true;
        }

        foreach (var run in taken) _taken.Enqueue(run);
        slots.Release(reserved - taken.Count);
    }

    private void WaitForRun()
    {
        if (wait.IsUnderWay) return;
        // The number first: a queue that comes into use in between then ends the wait once too often, not too late.
        var version = lines.Version;
        var served = lines.Of(partition);
        if (served.Count == 0) return;
        wait.Begin(served, Arrived, WaitLost, _signal.Set);
        // What changed just before it began could not end it.
        if (version != lines.Version || !TakesMore) wait.CutShort();
    }

    private void Arrived(IReadOnlyList<TakenRun> came)
    {
        foreach (var run in came) _arrived.Enqueue(run);
        // There may be more.
        _lineIsEmpty = false;
    }

    private void WaitLost()
    {
        _answerLost = true;
        // A take finds out whether Redis is back, and makes lines that it lost.
        _lineIsEmpty = false;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

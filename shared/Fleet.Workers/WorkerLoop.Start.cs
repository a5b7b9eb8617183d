using System.Diagnostics.CodeAnalysis;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>The loop's fifth step: what becomes of a run that was taken.</summary>
internal sealed partial class WorkerLoop
{
    /// <summary>
    /// How long a run of an unknown job stays before it goes back, give or take a half: long enough not to circle at full speed, and
    /// never in step with the waits of idle workers, or the same worker would be the first in line each time.
    /// </summary>
    private static readonly TimeSpan UnknownJobPause = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many such runs stay aside without a slot. They must not take those of runs that can be executed: while a new version of the
    /// workers comes up, there may be more of them than slots. Beyond this many each keeps its slot, which bounds how fast they circle.
    /// </summary>
    private const int MostAside = 1000;

    private int _aside;

    /// <summary>How often, and how soon again, a run is put back into its place while others hold runs from further back.</summary>
    private const int Tries = 10;

    private static readonly TimeSpan TryAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Starts a run that the wait brought. It may bring one from each of several lines, and so more than there is room for; and one of a
    /// queue that was paused while it waited.
    /// </summary>
    private void StartArrived(TakenRun run)
    {
        if (lines.IsPaused(run.Line.Queue)) _ = RestoreAsync(run);
        else if (slots.Reserve(1) == 1) Start(run);
        else GiveBack(run);
    }

    /// <summary>
    /// Starts what Redis handed to this worker in an answer that never arrived: it is in the worker's pending list, and nothing here knows
    /// of it. Otherwise it would wait until its lease lapses, and be counted as lost with its worker.
    /// </summary>
    private async Task RetakeAsync()
    {
        try
        {
            // Both change what is known here.
            await Task.WhenAll(_reporting.Completion, _taking.Completion);
            // Before the question, because what is pending now may be reported by the time the answer comes.
            var known = held.All.Select(attempt => attempt.Run).Concat(_arrived).Concat(_taken).Concat(_ended.Concat(_unreported).Select(report => report.Run))
                .Select(run => (run.Id, run.Entry)).ToHashSet();
            var mine = await queue.HandedAsync(lines.AllOf(partition), worker);
            _answerLost = false;
            foreach (var run in mine.Where(run => !known.Contains((run.Id, run.Entry)))) StartArrived(run);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // Still away: the next look asks again.
            LogNotTaken(e.Message);
        }
    }

    /// <summary>Puts a run back as if it had never been taken.</summary>
    private void GiveBack(TakenRun run) => PutBack(run, AttemptOutcome.Release);

    /// <summary>Ends what was never begun.</summary>
    private void PutBack(TakenRun run, AttemptOutcome outcome)
    {
        _ended.Enqueue(new AttemptReport { Run = run, Outcome = outcome, StartedAt = null });
        _signal.Set();
    }

    /// <summary>
    /// Puts a run of a paused queue back into its place. Others whom the pause met while they waited as well may hold runs from further
    /// back, but do the same; where one of those has begun, this one goes to the end of the line.
    /// </summary>
    private async Task RestoreAsync(TakenRun run)
    {
        using var aside = new Attempt(run, time.GetTimestamp());
        aside.TryConclude();
        held.Add(aside);
        Interlocked.Increment(ref _open);
        // Back in its place, it may have been taken anew already, and is then held once more.
        if (await TryRestoreAsync(run)) held.Remove(aside);
        else GiveBack(run);
        // It may have been resumed meanwhile, and nobody is told of a run that comes back into its place.
        LookAgain();
        Close();
    }

    private async Task<bool> TryRestoreAsync(TakenRun run)
    {
        try
        {
            for (var tries = 0; tries < Tries; tries++)
            {
                if (await queue.TryRestoreAsync(run, worker)) return true;
                await Task.Delay(TryAgain, time, CancellationToken.None);
            }
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            LogNotPutBack(run.Id, e.Message);
        }

        return false;
    }

    /// <summary>Keeps a run whose job this worker does not know for a moment, then puts it back for one that does.</summary>
    [SuppressMessage("Security", "CA5394", Justification = "The jitter guards nothing.")]
    private async Task KeepAsideAsync(TakenRun run)
    {
        LogUnknownJob(run.Id, run.Job);
        // Its lease is renewed like any other's, but there is no handler, and so nothing to end.
        using var aside = new Attempt(run, time.GetTimestamp());
        aside.TryConclude();
        held.Add(aside);
        Interlocked.Increment(ref _open);
        var keepsSlot = Interlocked.Increment(ref _aside) > MostAside;
        if (!keepsSlot)
        {
            slots.Release(1);
            slotsFreed();
        }

        await Task.Delay(UnknownJobPause * (0.5 + Random.Shared.NextDouble()), time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GiveBack(run);
        Interlocked.Decrement(ref _aside);
        if (keepsSlot)
        {
            slots.Release(1);
            slotsFreed();
        }

        Close();
    }

    /// <summary>Starts a run for which a slot is reserved.</summary>
    private void Start(TakenRun run)
    {
        if (!TakesMore)
        {
            slots.Release(1);
            GiveBack(run);
            return;
        }

        // The sweep ends runs whose deadline has passed; after an outage a worker may come first.
        if (queue.IsOverdue(run))
        {
            slots.Release(1);
            PutBack(run, AttemptOutcome.Expired);
            return;
        }

        if (!knowsJob(run.Job))
        {
            _ = KeepAsideAsync(run);
            return;
        }

        var attempt = new Attempt(run, time.GetTimestamp());
        held.Add(attempt);
        _untold.Enqueue(attempt);
        Interlocked.Increment(ref _open);
        _ = Task.Run(() => ExecuteAsync(attempt));
    }

    private async Task ExecuteAsync(Attempt attempt)
    {
        try
        {
            TryConclude(attempt, await executeAsync(attempt));
        }
#pragma warning disable CA1031 // Nothing a handler does may take a slot with it; without a report the run's lease lapses.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryConclude(attempt, null);
            LogUnexpected(attempt.Run.Id, ErrorDetail.Describe(e).Message);
        }
        finally
        {
            attempt.Dispose();
            slots.Release(1);
            _signal.Set();
            slotsFreed();
        }
    }

    private void Close()
    {
        Interlocked.Decrement(ref _open);
        _signal.Set();
    }
}

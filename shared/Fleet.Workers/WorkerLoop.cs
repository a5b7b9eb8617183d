using System.Collections.Concurrent;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>
/// Takes the runs of one partition, has them executed, and reports how they ended. One loop, one call to Redis of each kind under
/// way at a time: what becomes ready meanwhile goes into the next.
/// </summary>
/// <remarks>
/// <list type="number">
/// <item>Wait until an attempt ended, a run arrived, or the start of one is worth telling. A crash here loses nothing: the pending
/// list in Redis holds every run taken, and the sweep of any process gives them to others once the lease has lapsed.</item>
/// <item>Report what ended. A crash before Redis answered may leave the end unrecorded, and the run is executed again: at least once.
/// A crash after it loses nothing. A report that fails is sent again; Redis takes each end only once.</item>
/// <item>Tell of attempts that go on for longer than a moment. Shorter ones are told of together with their end.</item>
/// <item>Take as many runs as slots are free. A crash before the answer arrives leaves runs with a worker that does not know of them;
/// the lease lapses as for any other.</item>
/// <item>Start what was taken, or, when nothing waits, wait for the next run on a connection of its own.</item>
/// </list>
/// </remarks>
internal sealed partial class WorkerLoop(
    PartitionKeys partition,
    WorkQueue queue,
    QueueLines lines,
    LineWait wait,
    Slots slots,
    HeldRuns held,
    WorkerIdentity identity,
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

    /// <summary>How long a run of an unknown job stays before it goes back: long enough not to circle at full speed.</summary>
    private static readonly TimeSpan UnknownJobPause = TimeSpan.FromSeconds(1);

    /// <summary>Attempts that end sooner are told of once, at their end: that saves Redis a write a run, and nobody could have seen it.</summary>
    private static readonly TimeSpan WorthTelling = TimeSpan.FromMilliseconds(5);

    private readonly Signal _signal = new();
    private readonly ConcurrentQueue<AttemptReport> _ended = new();
    private readonly ConcurrentQueue<TakenRun> _arrived = new();
    private readonly Queue<Attempt> _untold = new();
    private readonly List<AttemptReport> _unreported = [];
    private TimeSpan _retry = FirstRetry;
    private volatile bool _lineIsEmpty;
    private int _executing;
    private volatile bool _stopping;

    /// <summary>Runs until <see cref="Stop"/> was called and everything taken is reported.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            // 1. Wait for something to do.
            await _signal.WaitAsync(NextLook());

            // 2–4. All three calls go out together and are answered together.
            var report = ReportEndedAsync();
            var tell = TellOfStartedAsync();
            var take = TakeAsync();
            await Task.WhenAll(report, tell, take);

            // 5. Start what was taken, or wait for the next.
            foreach (var run in await take) Start(run);
            while (_arrived.TryDequeue(out var run)) StartArrived(run);
            if (!_stopping && _lineIsEmpty && slots.Free > 0) WaitForRun();

            if (_stopping && IsDone()) return;
        }
    }

    /// <summary>Takes nothing more.</summary>
    public void Stop()
    {
        _stopping = true;
        _signal.Set();
    }

    /// <summary>Looks again, because a slot is free.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Looks again, because a queue has come into use.</summary>
    public void LinesChanged()
    {
        _lineIsEmpty = false;
        _signal.Set();
    }

    /// <summary>Reports an end that the handler did not wait for.</summary>
    public void Report(AttemptReport report)
    {
        _ended.Enqueue(report);
        _signal.Set();
    }

    public void Dispose() => _signal.Dispose();

    private bool IsDone() =>
        Volatile.Read(ref _executing) == 0 && _ended.IsEmpty && _unreported.Count == 0 && _arrived.IsEmpty && !wait.IsUnderWay;

    private TimeSpan NextLook()
    {
        if (_unreported.Count > 0) return _retry;
        if (!_ended.IsEmpty || CanTake()) return TimeSpan.Zero;
        return _untold.TryPeek(out var oldest) ? Max(WorthTelling - time.GetElapsedTime(oldest.StartedAt), TimeSpan.Zero) : Idle;
    }

    private bool CanTake() => !_stopping && !_lineIsEmpty && !wait.IsUnderWay && slots.Free > 0;

    private async Task ReportEndedAsync()
    {
        while (_unreported.Count < MostPerCall && _ended.TryDequeue(out var report)) _unreported.Add(report);
        if (_unreported.Count == 0) return;

        try
        {
            var recorded = await queue.FinishAsync(identity.Name, _unreported);
            for (var i = 0; i < _unreported.Count; i++)
            {
                held.Remove(_unreported[i].Run);
                if (!recorded[i]) fenced(_unreported[i].Run);
            }

            _unreported.Clear();
            _retry = FirstRetry;
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            // The results are kept and sent again: Redis takes each end only once, so sending one twice does no harm.
            LogKept(_unreported.Count, e.Message);
            _retry = Min(_retry * 2, LastRetry);
        }
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
            var standings = await queue.StartAsync(identity.Name, attempts);
            for (var i = 0; i < attempts.Count; i++) heed(attempts[i].Item1, standings[i]);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            // Their end, or the next renewal of their lease, tells of their start too.
            LogKept(attempts.Count, e.Message);
        }
    }

    private async Task<IReadOnlyList<TakenRun>> TakeAsync()
    {
        if (!CanTake()) return [];
        var served = lines.Of(partition);
        if (served.Count == 0)
        {
            _lineIsEmpty = true;
            return [];
        }

        var reserved = slots.Reserve(MostPerCall);
        if (reserved == 0) return [];

        IReadOnlyList<TakenRun> taken = [];
        try
        {
            taken = await queue.TakeAsync(served, identity.Name, reserved);
            _lineIsEmpty = taken.Count < reserved;
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException)
        {
            LogNotTaken(e.Message);
            _lineIsEmpty = true;
        }

        slots.Release(reserved - taken.Count);
        return taken;
    }

    private void WaitForRun()
    {
        if (wait.IsUnderWay) return;
        var served = lines.Of(partition);
        if (served.Count == 0) return;
        wait.Begin(served, arrived =>
        {
            foreach (var run in arrived) _arrived.Enqueue(run);
            // Whether it brought something or its time was up: the next look finds out what is there.
            _lineIsEmpty = false;
            _signal.Set();
        });
    }

    /// <summary>Starts a run that the wait brought. It may bring one from each of several lines, and so more than there is room for.</summary>
    private void StartArrived(TakenRun run)
    {
        if (!_stopping && slots.Reserve(1) == 1)
        {
            Start(run);
            return;
        }

        GiveBack(run);
    }

    /// <summary>Puts a run back as if it had never been taken.</summary>
    private void GiveBack(TakenRun run) => Report(new AttemptReport { Run = run, Outcome = AttemptOutcome.Release, StartedAt = null });

    /// <summary>Keeps a run whose job this worker does not know for a moment, then puts it back for one that does.</summary>
    private async Task KeepAsideAsync(TakenRun run)
    {
        LogUnknownJob(run.Id, run.Job);
        await Task.Delay(UnknownJobPause, time, CancellationToken.None);
        GiveBack(run);
        slots.Release(1);
        slotsFreed();
    }

    private void Start(TakenRun run)
    {
        if (!knowsJob(run.Job))
        {
            _ = KeepAsideAsync(run);
            return;
        }

        var attempt = new Attempt(run, time.GetTimestamp());
        held.Add(attempt);
        _untold.Enqueue(attempt);
        Interlocked.Increment(ref _executing);
        _ = Task.Run(() => ExecuteAsync(attempt));
    }

    private async Task ExecuteAsync(Attempt attempt)
    {
        try
        {
            var report = await executeAsync(attempt);
            if (attempt.TryConclude() && report is not null) _ended.Enqueue(report);
            else if (report is null) held.Remove(attempt.Run);
        }
#pragma warning disable CA1031 // Nothing a handler does may take a slot with it; without a report the run's lease lapses.
        catch (Exception e)
#pragma warning restore CA1031
        {
            held.Remove(attempt.Run);
            LogUnexpected(attempt.Run.Id, e);
        }
        finally
        {
            attempt.Dispose();
            slots.Release(1);
            Interlocked.Decrement(ref _executing);
            _signal.Set();
            slotsFreed();
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;

    [LoggerMessage(2201, LogLevel.Warning, "{Count} reports wait for Redis: {Reason}")]
    private partial void LogKept(int count, string reason);

    [LoggerMessage(2202, LogLevel.Warning, "No runs can be taken: {Reason}")]
    private partial void LogNotTaken(string reason);

    [LoggerMessage(2205, LogLevel.Warning, "Run {Run} needs job {Job}, which this worker does not know; it goes back into its queue")]
    private partial void LogUnknownJob(RunId run, string job);

    [LoggerMessage(2204, LogLevel.Error, "Run {Run} could not be executed; it goes back into its queue when its lease lapses")]
    private partial void LogUnexpected(RunId run, Exception exception);
}

using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>
/// Executes runs: has a loop for each partition, keeps the leases, hears of cancellations, and drains when it stops. Who does so, and
/// what the fleet knows of it, is not its business.
/// </summary>
internal sealed partial class RunExecutor : IAsyncDisposable
{
    /// <summary>How long handlers that were cancelled at the end of the drain time get before their runs are given back without them.</summary>
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long the last reports may take, should Redis be away just then.</summary>
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(5);

    private readonly ExecutorPlan _plan;
    private readonly RedisConnection _redis;
    private readonly HeldRuns _held;
    private readonly AttemptRunner _runner;
    private readonly LeaseKeeper _leases;
    private readonly TimeProvider _time;
    private readonly ILogger<RunExecutor> _logger;
    private readonly Dictionary<PartitionKeys, WorkerLoop> _loops;
    private readonly LineWait[] _waits;
    private readonly CancellationTokenSource _stopped = new();
    private bool _isStarted;
    private Task _looping = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;

    public RunExecutor(
        ExecutorPlan plan,
        RedisConnection redis,
        WorkQueue queue,
        HeldRuns held,
        AttemptRunner runner,
        LeaseKeeper leases,
        TimeProvider time,
        ILogger<RunExecutor> logger)
    {
        _plan = plan;
        _redis = redis;
        _held = held;
        _runner = runner;
        _leases = leases;
        _time = time;
        _logger = logger;
        var slots = new Slots(plan.Slots);
        _waits = [.. plan.Partitions.Select(_ => new LineWait(redis, queue, plan.Name, time, logger))];
        _loops = plan.Partitions.Zip(_waits).ToDictionary(pair => pair.First, pair => new WorkerLoop(
            pair.First, queue, plan.Lines, pair.Second, slots, held, plan.Name, plan.Patience, plan.Jobs.ContainsKey, ExecuteAsync, Heed, Fenced,
            SlotsFreed, time, logger));
    }

    /// <summary>The runs it executes now.</summary>
    public IEnumerable<RunId> Running => _held.All.Where(attempt => !attempt.IsConcluded).Select(attempt => attempt.Run.Id);

    /// <summary>For how long the loop has not come round that has not for the longest.</summary>
    public TimeSpan Silence => _loops.Values.Max(loop => loop.Silence);

    /// <summary>Hears from now on of what is asked of its runs. Comes before <see cref="Start"/>.</summary>
    public async Task ListenAsync()
    {
        foreach (var partition in _plan.Partitions)
            await _redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.Control), (_, message) => Hear(message.ToString()));
    }

    /// <summary>Begins to take runs.</summary>
    public void Start()
    {
        _looping = Task.WhenAll(_loops.Values.Select(loop => loop.RunAsync()));
        _keeping = _leases.RunAsync(Heed, _stopped.Token);
        _isStarted = true;
    }

    /// <summary>Takes nothing more; what runs goes on.</summary>
    public void Drain()
    {
        foreach (var loop in _loops.Values) loop.Drain();
    }

    /// <summary>Looks again at the lines, because there are others, or some were paused.</summary>
    public void LinesChanged()
    {
        foreach (var loop in _loops.Values) loop.LinesChanged();
    }

    /// <summary>Takes nothing more, lets handlers end, then asks them to, then gives their runs back.</summary>
    public async Task StopAsync()
    {
        if (!_isStarted || _stopped.IsCancellationRequested) return;
        foreach (var loop in _loops.Values) loop.Stop();
        if (!await EndsWithinAsync(_plan.DrainTimeout))
        {
            if (_held.Count > 0) LogDrained(_held.Count, _plan.DrainTimeout);
            foreach (var attempt in _held.All) attempt.TryEnd(EndReason.Shutdown);
            if (!await EndsWithinAsync(LastGrace))
            {
                foreach (var attempt in _held.All) GiveUp(attempt);
                if (!await EndsWithinAsync(LastReports)) LogUnreported(_held.Count);
            }
        }

        foreach (var loop in _loops.Values) loop.Abandon();
        await _stopped.CancelAsync();
        await _keeping;
    }

    public async ValueTask DisposeAsync()
    {
        // A host that is disposed without having been stopped.
        await StopAsync();
        foreach (var wait in _waits) await wait.DisposeAsync();
        foreach (var loop in _loops.Values) loop.Dispose();
        _stopped.Dispose();
    }

    private Task<AttemptReport?> ExecuteAsync(Attempt attempt)
    {
        if (attempt.Run.Options.Timeout is { } timeout) attempt.LimitTo(timeout, _time, late => End(late, EndReason.Timeout));
        return _runner.RunAsync(attempt, _plan.Jobs[attempt.Run.Job], Lose);
    }

    /// <summary>Does what a run's standing asks for.</summary>
    private void Heed(TakenRun run, AttemptStanding standing)
    {
        if (_held.Find(run) is not { } attempt) return;
        if (standing == AttemptStanding.CancelRequested) End(attempt, EndReason.Cancelled);
        if (standing == AttemptStanding.Lost) Lose(attempt);
    }

    private void Lose(Attempt attempt)
    {
        // An attempt that is over has left the pending list, and that is no loss.
        if (!attempt.IsConcluded && End(attempt, EndReason.Lost)) Fenced(attempt.Run);
    }

    private void Fenced(TakenRun run)
    {
        WorkerMetrics.Fenced.Add(1);
        LogFenced(run.Id, run.Attempt);
    }

    /// <summary>Hears "cancel run entry" on the control channel.</summary>
    private void Hear(string message)
    {
        if (message.Split(' ') is ["cancel", var run, var entry] && RunId.TryParse(run, out var id) && _held.Find(id, entry) is { } attempt)
            End(attempt, EndReason.Cancelled);
    }

    /// <summary>Asks a handler to end; one that does not loses its run after a while.</summary>
    private bool End(Attempt attempt, EndReason reason)
    {
        if (!attempt.TryEnd(reason)) return false;
        attempt.Grant(_plan.CancelGrace, _time, GiveUp);
        return true;
    }

    private void GiveUp(Attempt attempt)
    {
        if (attempt.IsConcluded) return;
        var report = AttemptRunner.GiveUp(attempt, _plan.Jobs[attempt.Run.Job]);
        if (_loops[attempt.Run.Line.Partition].TryConclude(attempt, report))
            LogGivenUp(attempt.Run.Id, attempt.Run.Job, attempt.Reason);
    }

    private void SlotsFreed()
    {
        if (_loops.Count == 1) return; // The loop whose attempt ended knows already.
        foreach (var loop in _loops.Values) loop.Wake();
    }

    private async Task<bool> EndsWithinAsync(TimeSpan time)
    {
        try
        {
            await _looping.WaitAsync(time, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LoggerMessage(2505, LogLevel.Warning, "Run {Run} was given to another worker; what attempt {Attempt} led to is not recorded")]
    private partial void LogFenced(RunId run, int attempt);

    [LoggerMessage(2502, LogLevel.Warning, "{Count} runs did not end within the drain time of {Time}; they are cancelled and go back into their queues")]
    private partial void LogDrained(int count, TimeSpan time);

    [LoggerMessage(2503, LogLevel.Warning, "The handler of run {Run} ({Job}) did not end when it was asked to ({Reason}); the run goes on without it")]
    private partial void LogGivenUp(RunId run, string job, EndReason reason);

    [LoggerMessage(2506, LogLevel.Error, "The ends of {Count} runs are not recorded, because Redis is away; they are executed again when their lease has lapsed")]
    private partial void LogUnreported(int count);
}

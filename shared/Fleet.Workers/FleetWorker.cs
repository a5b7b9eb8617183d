using System.Reflection;
using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>A worker: announces its jobs, runs a loop for each partition, keeps its leases, hears of cancellations, and drains when the host stops.</summary>
internal sealed partial class FleetWorker : IHostedService, IAsyncDisposable
{
    /// <summary>How long handlers that were cancelled at the end of the drain time get before their runs are given back without them.</summary>
    private static readonly TimeSpan LastGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long the last reports may take, should Redis be away just then.</summary>
    private static readonly TimeSpan LastReports = TimeSpan.FromSeconds(5);

    /// <summary>How many threads the pool is made ready for; a worker with more slots than that has handlers that do not block.</summary>
    private const int MostThreads = 64;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly JobCatalogue _catalogue;
    private readonly WorkerRegistry _registry;
    private readonly QueueRegistry _queues;
    private readonly QueueLines _lines;
    private readonly AttemptRunner _runner;
    private readonly LeaseKeeper _leases;
    private readonly HeldRuns _held;
    private readonly WorkerIdentity _identity;
    private readonly WorkerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetWorker> _logger;
    private readonly Dictionary<string, JobDefinition> _jobs;
    private readonly Slots _slots;
    private readonly WorkerLoop[] _loops;
    private readonly LineWait[] _waits;
    private readonly CancellationTokenSource _stopped = new();
    private readonly DateTimeOffset _startedAt;
    private Task _looping = Task.CompletedTask;
    private Task _keeping = Task.CompletedTask;

    public FleetWorker(
        FleetKeys keys,
        RedisConnection redis,
        WorkQueue queue,
        JobCatalogue catalogue,
        WorkerRegistry registry,
        QueueRegistry queues,
        QueueLines lines,
        AttemptRunner runner,
        LeaseKeeper leases,
        HeldRuns held,
        WorkerIdentity identity,
        IEnumerable<JobDefinition> jobs,
        IOptions<WorkerOptions> options,
        TimeProvider time,
        ILogger<FleetWorker> logger)
    {
        _keys = keys;
        _redis = redis;
        _catalogue = catalogue;
        _registry = registry;
        _queues = queues;
        _lines = lines;
        _runner = runner;
        _leases = leases;
        _held = held;
        _identity = identity;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _startedAt = time.GetUtcNow();
        _jobs = ByName(jobs);
        _slots = new Slots(_options.Slots);
        _waits = [.. keys.Partitions.Select(_ => new LineWait(redis, identity, time, logger))];
        _loops = [.. keys.Partitions.Select((partition, index) => new WorkerLoop(
            partition, queue, lines, _waits[index], _slots, held, identity, _options.Patience, _jobs.ContainsKey, ExecuteAsync, Heed, Fenced,
            SlotsFreed, time, logger))];
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RaiseThreads(_slots.Count);
        await _redis.OpenAsync(cancellationToken);
        foreach (var queue in _jobs.Values.Select(job => job.Info.Defaults.Queue).Distinct()) await _queues.EnsureAsync(queue);
        await _lines.StartAsync(LinesChanged);
        foreach (var partition in _keys.Partitions)
            await _redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.Control), (_, message) => Hear(message.ToString()));
        await BeatAsync();
        await _catalogue.AnnounceAsync(_jobs.Values.Select(job => job.Info));

        _looping = Task.WhenAll(_loops.Select(loop => loop.RunAsync()));
        _keeping = _leases.RunAsync(Heed, BeatAsync, _stopped.Token);
        LogStarted(_identity.Name, _slots.Count, _jobs.Count);
    }

    /// <summary>Takes nothing more, lets handlers end, then asks them to, then gives their runs back.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped.IsCancellationRequested || !_redis.IsOpen) return;
        foreach (var loop in _loops) loop.Stop();
        if (!await EndsWithinAsync(_options.DrainTimeout))
        {
            LogDrained(_held.Count, _options.DrainTimeout);
            foreach (var attempt in _held.All) attempt.TryEnd(EndReason.Shutdown);
            if (!await EndsWithinAsync(LastGrace))
            {
                foreach (var attempt in _held.All) GiveUp(attempt);
                if (!await EndsWithinAsync(LastReports)) LogUnreported(_held.Count);
            }
        }

        foreach (var loop in _loops) loop.Abandon();
        await _stopped.CancelAsync();
        await _keeping;
        await LeaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var wait in _waits) await wait.DisposeAsync();
        foreach (var loop in _loops) loop.Dispose();
        _stopped.Dispose();
    }

    /// <summary>
    /// Lets the pool grow at once to a thread for each slot. Handlers may block theirs, and leases are renewed on the pool too: it
    /// adds a thread or two a second otherwise, and runs whose handlers are fine are lost meanwhile.
    /// </summary>
    private static void RaiseThreads(int slots)
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Math.Min(slots, MostThreads) + Environment.ProcessorCount), completions);
    }

    private static Dictionary<string, JobDefinition> ByName(IEnumerable<JobDefinition> jobs)
    {
        var byName = new Dictionary<string, JobDefinition>();
        foreach (var job in jobs)
        {
            if (!byName.TryAdd(job.Info.Name, job)) throw new FleetException($"The job '{job.Info.Name}' is added twice; a name stands for one job.");
        }

        return byName;
    }

    private Task<AttemptReport?> ExecuteAsync(Attempt attempt)
    {
        if (attempt.Run.Options.Timeout is { } timeout) attempt.LimitTo(timeout, _time, late => End(late, EndReason.Timeout));
        return _runner.RunAsync(attempt, _jobs[attempt.Run.Job], Lose);
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
        attempt.Grant(_options.CancelGrace, _time, GiveUp);
        return true;
    }

    private void GiveUp(Attempt attempt)
    {
        if (attempt.IsConcluded) return;
        var report = AttemptRunner.GiveUp(attempt, _jobs[attempt.Run.Job]);
        if (_loops[attempt.Run.Line.Partition.Index].TryConclude(attempt, report))
            LogGivenUp(attempt.Run.Id, attempt.Run.Job, attempt.Reason);
    }

    private void SlotsFreed()
    {
        if (_loops.Length == 1) return; // The loop whose attempt ended knows already.
        foreach (var loop in _loops) loop.Wake();
    }

    private void LinesChanged()
    {
        foreach (var loop in _loops) loop.LinesChanged();
    }

    private async Task BeatAsync()
    {
        await _registry.AnnounceAsync(new WorkerInfo
        {
            Id = _identity.Name,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "",
            Queues = _lines.Served,
            Jobs = [.. _jobs.Keys.Order(StringComparer.Ordinal)],
            Slots = _slots.Count,
            Running = [.. _held.All.Where(attempt => !attempt.IsConcluded).Take(100).Select(attempt => attempt.Run.Id)],
            StartedAt = _startedAt,
        });
        await _lines.RefreshAsync(LinesChanged);
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

    private async Task LeaveAsync()
    {
        try
        {
            await _registry.RemoveAsync(_identity.Name);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            LogNotLeft(e.Message);
        }
    }

    [LoggerMessage(2501, LogLevel.Information, "Worker {Name} takes runs: {Slots} slots, {Jobs} jobs")]
    private partial void LogStarted(string name, int slots, int jobs);

    [LoggerMessage(2505, LogLevel.Warning, "Run {Run} was given to another worker; what attempt {Attempt} led to is not recorded")]
    private partial void LogFenced(RunId run, int attempt);

    [LoggerMessage(2502, LogLevel.Warning, "{Count} runs did not end within the drain time of {Time}; they are cancelled and go back into their queues")]
    private partial void LogDrained(int count, TimeSpan time);

    [LoggerMessage(2503, LogLevel.Warning, "The handler of run {Run} ({Job}) did not end when it was asked to ({Reason}); the run goes on without it")]
    private partial void LogGivenUp(RunId run, string job, EndReason reason);

    [LoggerMessage(2506, LogLevel.Error, "The ends of {Count} runs are not recorded, because Redis is away; they are executed again when their lease has lapsed")]
    private partial void LogUnreported(int count);

    [LoggerMessage(2504, LogLevel.Information, "The worker left without saying so: {Reason}")]
    private partial void LogNotLeft(string reason);
}

using System.Reflection;
using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Hosting;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>A worker of the fleet: announces its jobs, says every few seconds that it lives, and does what the fleet tells it.</summary>
/// <remarks>
/// What it is told (which queues there are and which are paused, that it is to drain) comes as a message, so that it is heeded at
/// once, and stands in Redis, where it is read every few seconds: a message that was missed makes no difference for longer than that.
/// </remarks>
internal sealed partial class FleetWorker : IHostedService, ILivingPart, IAsyncDisposable
{
    /// <summary>How often the worker reads what it may have failed to hear.</summary>
    private static readonly TimeSpan Reread = TimeSpan.FromSeconds(2.5);

    /// <summary>How many threads the pool is made ready for; a worker with more slots than that has handlers that do not block.</summary>
    private const int MostThreads = 64;

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly Announcement _announcement;
    private readonly WorkerRegistry _registry;
    private readonly QueueLines _lines;
    private readonly WorkerIdentity _identity;
    private readonly ExecutorPlan _plan;
    private readonly RunExecutor _executor;
    private readonly TimeSpan _beatInterval;
    private readonly TimeSpan _stuckAfter;
    private readonly TimeProvider _time;
    private readonly ILogger<FleetWorker> _logger;
    private readonly CancellationTokenSource _stopped = new();
    private readonly DateTimeOffset _startedAt;
    private bool _isKnown;
    private Task _beating = Task.CompletedTask;
    private int _draining;

    public FleetWorker(
        FleetKeys keys,
        RedisConnection redis,
        JobCatalogue catalogue,
        WorkerRegistry registry,
        QueueRegistry queues,
        QueueLines lines,
        WorkerIdentity identity,
        RunExecutorFactory executors,
        IEnumerable<JobDefinition> jobs,
        IOptions<WorkerOptions> options,
        IOptions<FleetOptions> fleet,
        TimeProvider time,
        ILogger<FleetWorker> logger)
    {
        _keys = keys;
        _redis = redis;
        _registry = registry;
        _lines = lines;
        _identity = identity;
        _time = time;
        _logger = logger;
        _startedAt = time.GetUtcNow();
        _beatInterval = fleet.Value.Lease / 3;
        _stuckAfter = options.Value.StuckAfter;
        _plan = new ExecutorPlan
        {
            Name = identity.Name,
            Partitions = keys.Partitions,
            Lines = lines,
            Jobs = ExecutorPlan.ByName(jobs),
            Slots = options.Value.Slots,
            DrainTimeout = options.Value.DrainTimeout,
            CancelGrace = options.Value.CancelGrace,
            Patience = options.Value.Patience,
        };
        _executor = executors.Create(_plan);
        _announcement = new Announcement(catalogue, queues, [.. _plan.Jobs.Values.Select(job => job.Info)], lines.Served, logger);
    }

    /// <summary>How many runs it executes now.</summary>
    public int Busy => _executor.Running.Count();

    private bool IsDraining => Volatile.Read(ref _draining) != 0;

    /// <summary>For how long its loop has not come round.</summary>
    public TimeSpan Silence => _executor.Silence;

    public string? Fault()
    {
        var silence = Silence;
        return silence <= _stuckAfter ? null
            : $"Worker {_identity.Name} takes no runs: its loop has not come round for {silence.TotalSeconds:0} s (Fleet:Worker:StuckAfter allows {_stuckAfter.TotalSeconds:0} s). Start it anew.";
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RaiseThreads(_plan.Slots);
        await _redis.OpenAsync(cancellationToken);
        // What its predecessor of the same name was told is done with.
        await _registry.RelieveAsync(_identity.Name);
        await _announcement.MakeAsync();
        await _lines.StartAsync(_executor.LinesChanged);
        await _executor.ListenAsync();
        await _redis.Subscriber.SubscribeAsync(RedisChannel.Literal(_keys.Meta.Changed), (_, message) => Hear(message.ToString()));
        await BeatAsync();

        _executor.Start();
        _beating = RepeatAsync();
        LogStarted(_identity.Name, _plan.Slots, _plan.Jobs.Count);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_stopped.IsCancellationRequested || !_redis.IsOpen) return;
        await _executor.StopAsync();
        await _stopped.CancelAsync();
        await _beating;
        await LeaveAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _executor.DisposeAsync();
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

    /// <summary>Hears "drain worker".</summary>
    private void Hear(string message)
    {
        if (message == $"drain {_identity.Name}") _ = TellOfDrainAsync();
    }

    private async Task TellOfDrainAsync()
    {
        if (!Drain()) return;
        try
        {
            await BeatAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The next beat says so.
        }
    }

    private bool Drain()
    {
        if (Interlocked.Exchange(ref _draining, 1) != 0) return false;
        _executor.Drain();
        LogDraining(_identity.Name);
        return true;
    }

    /// <summary>Says that the worker lives, and reads what it was told, until it stops.</summary>
    private async Task RepeatAsync()
    {
        using var timer = new PeriodicTimer(Reread < _beatInterval ? Reread : _beatInterval, _time);
        var beaten = _time.GetTimestamp();
        while (await WaitAsync(timer))
        {
            try
            {
                var due = _time.GetElapsedTime(beaten) >= _beatInterval - Reread / 2;
                if (due) beaten = _time.GetTimestamp();
                // All with one round trip, where that is possible: a fleet of idle workers does little else.
                await Task.WhenAll(_lines.RefreshAsync(_executor.LinesChanged), HeedDrainAsync(), due ? BeatAsync() : Task.CompletedTask);
            }
#pragma warning disable CA1031 // A worker that nobody hears of any more is given up by the fleet, so whatever went wrong is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotHeard(e.Message);
            }
        }
    }

    /// <summary>Reads whether the worker was told to drain, and says so when it was.</summary>
    private async Task HeedDrainAsync()
    {
        if (!IsDraining && await _registry.IsDrainingAsync(_identity.Name) && Drain()) await BeatAsync();
    }

    private async Task<bool> WaitAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(_stopped.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task BeatAsync()
    {
        var isNew = await _registry.AnnounceAsync(new WorkerInfo
        {
            Id = _identity.Name,
            Host = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "",
            State = IsDraining ? WorkerState.Draining : WorkerState.Connected,
            Queues = _lines.Served,
            Jobs = [.. _plan.Jobs.Keys],
            Slots = _plan.Slots,
            Running = [.. _executor.Running.Take(100)],
            StartedAt = _startedAt,
            // For who reads it with an earlier version; others take the time that Redis notes.
            LastSeenAt = _time.GetUtcNow(),
        });
        if (isNew && _isKnown) _announcement.Renew();
        _isKnown = true;
        await _announcement.MakeAsync();
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

    [LoggerMessage(2504, LogLevel.Information, "The worker left without saying so: {Reason}")]
    private partial void LogNotLeft(string reason);

    [LoggerMessage(2507, LogLevel.Information, "Worker {Name} was told to drain: it takes nothing more until it is started anew")]
    private partial void LogDraining(string name);

    [LoggerMessage(2508, LogLevel.Warning, "The worker could not say that it lives, nor learn what it was told: {Reason}")]
    private partial void LogNotHeard(string reason);
}

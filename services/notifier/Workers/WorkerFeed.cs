using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Notifier.Workers;

/// <summary>Finds out which workers came, went, drain or execute other runs than before, for everyone who watches them: one loop, which rests while nobody does.</summary>
internal sealed partial class WorkerFeed(WorkerRegistry registry, IOptions<FleetOptions> options, TimeProvider time, ILogger<WorkerFeed> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _gate = new(1);
    private readonly SemaphoreSlim _awaited = new(0);
    private readonly Lock _lock = new();
    private Dictionary<string, WorkerInfo> _known = [];
    private WorkerWatch[] _watches = [];

    /// <summary>How many watch the workers.</summary>
    public int Watches => Volatile.Read(ref _watches).Length;

    /// <summary>Starts to watch.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<WorkerWatch> WatchAsync()
    {
        // What is known now is what the watch starts from, and what later changes are changes of.
        await _gate.WaitAsync();
        try
        {
            await CompareAsync();
            var watch = new WorkerWatch([.. _known.Values.OrderBy(worker => worker.Id, StringComparer.Ordinal)], Remove);
            lock (_lock) _watches = [.. _watches, watch];
            _awaited.Release();
            return watch;
        }
        finally
        {
            _gate.Release();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                while (Watches == 0) await _awaited.WaitAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
                await RefreshAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task RefreshAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            await CompareAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The next round compares with what was known before: nothing is lost but time.
            LogNotRead(e.Message);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CompareAsync()
    {
        var roll = await registry.CallRollAsync();
        var now = roll.Workers.ToDictionary(worker => worker.Id);
        var changes = _known.Values.Where(worker => !now.ContainsKey(worker.Id))
            .Select(worker => new WorkerEvent(WayOut(worker, roll.At), worker))
            .Concat(now.Values.Where(IsNew).Select(worker => new WorkerEvent(WorkerEventType.Connected, worker)))
            .Concat(now.Values.Where(HasBegunToDrain).Select(worker => new WorkerEvent(WorkerEventType.Draining, worker)))
            .Concat(now.Values.Where(IsOtherwise).Select(worker => new WorkerEvent(WorkerEventType.Updated, worker)))
            .ToList();
        _known = now;
        if (changes.Count == 0) return;
        foreach (var watch in Volatile.Read(ref _watches)) watch.Publish(changes);
    }

    // One that ends says so, shortly after it was last seen; the others are forgotten when they were not seen for the lease.
    private WorkerEventType WayOut(WorkerInfo worker, DateTimeOffset now) =>
        now - worker.LastSeenAt >= options.Value.Lease ? WorkerEventType.Timeout : WorkerEventType.Disconnected;

    private bool IsNew(WorkerInfo worker) => !_known.TryGetValue(worker.Id, out var before) || before.StartedAt != worker.StartedAt;

    private bool HasBegunToDrain(WorkerInfo worker) =>
        worker.State == WorkerState.Draining && _known.TryGetValue(worker.Id, out var before)
        && before.State != WorkerState.Draining && before.StartedAt == worker.StartedAt;

    // One that has begun to drain is told of with all else that is new about it.
    private bool IsOtherwise(WorkerInfo worker) =>
        _known.TryGetValue(worker.Id, out var before) && before.StartedAt == worker.StartedAt && !HasBegunToDrain(worker)
        && !(before.State == worker.State && before.Slots == worker.Slots && before.Running.ToHashSet().SetEquals(worker.Running)
            && before.Queues.SequenceEqual(worker.Queues) && before.Jobs.SequenceEqual(worker.Jobs));

    private void Remove(WorkerWatch watch)
    {
        lock (_lock) _watches = [.. _watches.Where(other => other != watch)];
    }

    [LoggerMessage(3101, LogLevel.Warning, "The workers were not read: {Reason}")]
    private partial void LogNotRead(string reason);
}

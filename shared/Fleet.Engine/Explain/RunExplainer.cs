using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Explain;

/// <summary>Says of a run why it is where it is, and what would change that.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class RunExplainer
{
    /// <summary>How often a run is read anew that moved on while it was looked into.</summary>
    private const int Tries = 3;

    private readonly FleetKeys _keys;
    private readonly RunReader _reader;
    private readonly WorkerRegistry _workers;
    private readonly QueueRegistry _queues;
    private readonly StatsReader _stats;
    private readonly LineReader _lines;
    private readonly FleetOptions _options;

    internal RunExplainer(
        FleetKeys keys, RedisConnection redis, RunReader reader, WorkerRegistry workers, QueueRegistry queues, StatsReader stats, IOptions<FleetOptions> options)
    {
        _keys = keys;
        _reader = reader;
        _workers = workers;
        _queues = queues;
        _stats = stats;
        _lines = new LineReader(keys, redis);
        _options = options.Value;
    }

    /// <summary>The reasons, what matters most first; null when there is no such run.</summary>
    public async Task<RunExplanation?> ExplainAsync(RunId id)
    {
        for (var tries = 1; ; tries++)
        {
            if (_keys.Of(id) is not { } partition || await _reader.GetAsync(id) is not { } record) return null;
            IReadOnlyList<RunReason> reasons = record.Run.State switch
            {
                RunState.Scheduled => [.. WaitingReasons.Scheduled(record, await LookAroundAsync(partition))],
                RunState.Queued => await OfQueuedAsync(partition, record),
                RunState.Running => [.. RunningReasons.Of(record, await HolderAsync(partition, record), await LookAroundAsync(partition))],
                _ => [FinalReasons.Of(record)],
            };
            // What belongs to another moment than its state would puzzle.
            var isSettled = record.Run.State.IsFinal() || await _reader.GetAsync(id) is not { } now || now.Run.Seq == record.Run.Seq || tries == Tries;
            if (isSettled) return new RunExplanation(record.Run.State, reasons);
        }
    }

    private async Task<IReadOnlyList<RunReason>> OfQueuedAsync(PartitionKeys partition, RunRecord record)
    {
        var around = await LookAroundAsync(partition);
        var holder = await HolderAsync(partition, record);
        var position = holder is null ? await _lines.PositionAsync(partition, record.Run, record.Entry) : null;
        return [.. WaitingReasons.Queued(record, holder, position, around)];
    }

    private async Task<EntryHolder?> HolderAsync(PartitionKeys partition, RunRecord record) =>
        record.Entry.Length == 0 ? null : await _lines.HolderAsync(partition, record.Run, record.Entry);

    private async Task<Surroundings> LookAroundAsync(PartitionKeys partition)
    {
        var rates = _stats.RatesAsync();
        var paused = _queues.PausedAsync();
        var roll = await _workers.CallRollAsync();
        return new Surroundings
        {
            Now = roll.At,
            Lease = _options.Lease,
            Workers = [.. roll.Workers.Where(worker => roll.At - worker.LastSeenAt <= _options.Lease)],
            Paused = await paused,
            Rate = (await rates).Out,
            IsSystem = partition == _keys.System,
        };
    }
}

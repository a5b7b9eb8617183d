using System.Collections.Concurrent;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>The lines this worker serves: four a queue, of all queues there are or of those it was told, without those that are paused.</summary>
internal sealed class QueueLines(QueueRegistry queues, RedisConnection redis, FleetKeys keys, IOptions<WorkerOptions> options) : IServedLines
{
    private readonly IReadOnlyList<string> _served = options.Value.QueueNames;
    private readonly ConcurrentDictionary<(int Partition, string Queue, Priority Priority), WaitingLine> _lines = new();
    private readonly Lock _learning = new();
    private volatile Known _known = new([], [], new HashSet<string>(), 0);
    private long _asked;
    private long _learned;
    private int _turn;

    /// <summary>The queues that are not paused, by name.</summary>
    public IReadOnlyList<string> Queues => _known.Open;

    /// <summary>What the worker says it serves.</summary>
    public IReadOnlyList<string> Served => _served;

    public int Version => _known.Version;

    public bool IsPaused(string queue) => _known.Paused.Contains(queue);

    /// <summary>Learns which queues there are and which are paused, now and whenever that changes.</summary>
    public async Task StartAsync(Action changed)
    {
        await redis.Subscriber.SubscribeAsync(RedisChannel.Literal(keys.Meta.Changed), (_, message) =>
        {
            if (message.ToString().StartsWith("queue ", StringComparison.Ordinal)) Refresh(changed);
        });
        await RefreshAsync(changed);
    }

    private void Refresh(Action changed) => _ = RefreshAsync(changed);

    /// <summary>Reads the queues again.</summary>
    public async Task RefreshAsync(Action changed)
    {
        var asked = Interlocked.Increment(ref _asked);
        try
        {
            if (Learn(await queues.CallRollAsync(), asked)) changed();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The next round asks again.
        }
    }

    /// <summary>A partition's lines in the order in which to empty them: all that is critical first, and another queue first each time.</summary>
    public IReadOnlyList<WaitingLine> Of(PartitionKeys partition)
    {
        var queues = _known.Open;
        if (queues.Length == 0) return [];
        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)queues.Length);
        var lines = new List<WaitingLine>(queues.Length * Priorities.All.Count);
        foreach (var priority in Priorities.All)
        {
            for (var i = 0; i < queues.Length; i++)
                lines.Add(Line(partition, queues[(first + i) % queues.Length], priority));
        }

        return lines;
    }

    public IReadOnlyList<WaitingLine> AllOf(PartitionKeys partition) =>
        [.. from priority in Priorities.All from queue in _known.All select Line(partition, queue, priority)];

    /// <summary>Takes an answer in; false when it says nothing new.</summary>
    private bool Learn(QueueRoll roll, long asked)
    {
        lock (_learning)
        {
            // An answer that comes late must not undo what a later question learned.
            if (asked < _learned) return false;
            _learned = asked;
            // Queues only come into use: one that a Redis lost with its data is made anew with its next run.
            string[] mine = [.. roll.Names.Where(queue => _served.Contains("*") || _served.Contains(queue))
                .Union(_known.All).Order(StringComparer.Ordinal)];
            if (mine.Length == _known.All.Length && roll.Paused.SetEquals(_known.Paused)) return false;
            _known = new Known(mine, [.. mine.Where(queue => !roll.Paused.Contains(queue))], roll.Paused, _known.Version + 1);
            return true;
        }
    }

    private WaitingLine Line(PartitionKeys partition, string queue, Priority priority) =>
        _lines.GetOrAdd((partition.Index, queue, priority), key => new WaitingLine(partition, key.Queue, key.Priority));

    private sealed record Known(string[] All, string[] Open, IReadOnlySet<string> Paused, int Version);
}

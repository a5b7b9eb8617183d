using System.Collections.Concurrent;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>The lines this worker serves: four a queue, of all queues there are or of those it was told.</summary>
internal sealed class QueueLines(QueueRegistry queues, RedisConnection redis, FleetKeys keys, IOptions<WorkerOptions> options)
{
    private readonly IReadOnlyList<string> _served = options.Value.QueueNames;
    private readonly ConcurrentDictionary<(int Partition, string Queue, Priority Priority), WaitingLine> _lines = new();
    private readonly Lock _learning = new();
    private volatile string[] _queues = [];
    private int _turn;

    /// <summary>The queues, by name.</summary>
    public IReadOnlyList<string> Queues => _queues;

    /// <summary>What the worker says it serves.</summary>
    public IReadOnlyList<string> Served => _served;

    /// <summary>How many queues there are: another number once one has come into use.</summary>
    public int Version => _queues.Length;

    /// <summary>Learns which queues there are, now and whenever one comes into use.</summary>
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
        try
        {
            var all = await queues.ListAsync();
            lock (_learning)
            {
                // Queues only come into use, so an answer that comes late must not take one away again.
                string[] mine = [.. all.Where(queue => _served.Contains("*") || _served.Contains(queue))
                    .Union(_queues).Order(StringComparer.Ordinal)];
                if (mine.Length == _queues.Length) return;
                _queues = mine;
            }

            changed();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The next round asks again.
        }
    }

    /// <summary>A partition's lines in the order in which to empty them: all that is critical first, and another queue first each time.</summary>
    public IReadOnlyList<WaitingLine> Of(PartitionKeys partition)
    {
        var queues = _queues;
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

    private WaitingLine Line(PartitionKeys partition, string queue, Priority priority) =>
        _lines.GetOrAdd((partition.Index, queue, priority), key => new WaitingLine(partition, key.Queue, key.Priority));
}

using Fleet.Engine.Redis;
using Fleet.Engine.Work;

namespace Fleet.Workers;

/// <summary>The lines that runs are taken from, which may come, be paused and be resumed while they are.</summary>
internal interface IServedLines
{
    /// <summary>Another number once any of it is different.</summary>
    int Version { get; }

    /// <summary>A partition's lines, without those of paused queues, in the order in which to empty them.</summary>
    IReadOnlyList<WaitingLine> Of(PartitionKeys partition);

    /// <summary>A partition's lines, those of paused queues too.</summary>
    IReadOnlyList<WaitingLine> AllOf(PartitionKeys partition);

    /// <summary>Whether nothing is to be taken from a queue until it is resumed.</summary>
    bool IsPaused(string queue);
}

/// <summary>One queue's lines, which are always there and never paused.</summary>
internal sealed class FixedLines(string queue) : IServedLines
{
    public int Version => 0;

    public IReadOnlyList<WaitingLine> Of(PartitionKeys partition) =>
        [.. Priorities.All.Select(priority => new WaitingLine(partition, queue, priority))];

    public IReadOnlyList<WaitingLine> AllOf(PartitionKeys partition) => Of(partition);

    bool IServedLines.IsPaused(string queue) => false;
}

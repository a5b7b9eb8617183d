using Fleet.Engine.Live;

namespace Fleet.Hangfire.Feed;

/// <summary>Reads the feeds into a backlog, for as long as it is let.</summary>
internal sealed class FeedReading(FeedTail tail, TimeProvider time)
{
    private const int BatchesPerRead = 256;

    /// <summary>How long to wait where there is nothing new. The feed keeps about a thousand batches by default, so this must be short.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.1);

    /// <summary>Reads until it is cancelled; fails when Redis is away or a batch is not understood.</summary>
    public async Task ReadAsync(FeedBacklog backlog, CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!await ReadOnceAsync(backlog)) await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>Reads a part of each feed; whether there is more.</summary>
    public async Task<bool> ReadOnceAsync(FeedBacklog backlog)
    {
        var more = false;
        for (var partition = 0; partition < tail.Partitions; partition++)
        {
            var part = backlog.Position(partition) is { } position ? await tail.ReadAsync(partition, position, BatchesPerRead) : null;
            if (part is { IsWhole: true }) backlog.Add(partition, part);
            else backlog.Restart(partition, await tail.EndAsync(partition));
            more |= part is { IsWhole: true, IsLast: false };
        }

        return more;
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Fleet.Notifier.Queues;

/// <summary>One watcher's view of the queues: always the newest, however slow the watcher.</summary>
internal sealed class QueueWatch(IReadOnlyList<QueueInfo> known, Action<QueueWatch> leave) : IDisposable
{
    private readonly Channel<IReadOnlyList<QueueInfo>> _newest =
        Channel.CreateBounded<IReadOnlyList<QueueInfo>>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>The queues as they were when the watch began.</summary>
    public IReadOnlyList<QueueInfo> Known { get; } = known;

    /// <summary>The queues as they are, whenever they were looked at.</summary>
    public async IAsyncEnumerable<IReadOnlyList<QueueInfo>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        while (await IsThereMoreAsync(cancellation))
        {
            while (_newest.Reader.TryRead(out var newest)) yield return newest;
        }
    }

    public void Dispose()
    {
        leave(this);
        _newest.Writer.TryComplete();
    }

    internal void Publish(IReadOnlyList<QueueInfo> newest) => _newest.Writer.TryWrite(newest);

    private async Task<bool> IsThereMoreAsync(CancellationToken cancellation)
    {
        try
        {
            return await _newest.Reader.WaitToReadAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}

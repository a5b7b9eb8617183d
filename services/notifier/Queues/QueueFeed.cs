using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Notifier.Queues;

/// <summary>Looks at the queues once a second for everyone who watches them: one loop, which rests while nobody does.</summary>
internal sealed partial class QueueFeed(QueueReader queues, TimeProvider time, ILogger<QueueFeed> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _awaited = new(0);
    private readonly Lock _lock = new();
    private QueueWatch[] _watches = [];

    /// <summary>How many watch the queues.</summary>
    public int Watches => Volatile.Read(ref _watches).Length;

    /// <summary>Starts to watch.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<QueueWatch> WatchAsync()
    {
        var watch = new QueueWatch(await queues.ListAsync(), Remove);
        lock (_lock) _watches = [.. _watches, watch];
        _awaited.Release();
        return watch;
    }

    public override void Dispose()
    {
        _awaited.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                while (Watches == 0) await _awaited.WaitAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
                await LookAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var newest = await queues.ListAsync();
            foreach (var watch in Volatile.Read(ref _watches)) watch.Publish(newest);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // The next look shows all that this one would have shown.
            LogNotRead(e.Message);
        }
    }

    private void Remove(QueueWatch watch)
    {
        lock (_lock) _watches = [.. _watches.Where(other => other != watch)];
    }

    [LoggerMessage(3111, LogLevel.Warning, "The queues were not read: {Reason}")]
    private partial void LogNotRead(string reason);
}

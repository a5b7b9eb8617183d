using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>
/// Waits in Redis for the next run of a partition, on a connection of its own, so that a new run wakes exactly one idle worker,
/// at once, and an idle fleet costs next to nothing.
/// </summary>
internal sealed partial class LineWait(RedisConnection redis, WorkerIdentity identity, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How long one wait takes at most: how late an idle worker may learn what no signal told it, and how long it takes to stop.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    private IConnectionMultiplexer? _connection;
    private Task _wait = Task.CompletedTask;
    private volatile bool _underWay;

    public bool IsUnderWay => _underWay;

    /// <summary>Waits for a run and hands it on; nothing when the time is up.</summary>
    public void Begin(IReadOnlyList<WaitingLine> lines, Action<IReadOnlyList<TakenRun>> arrived)
    {
        _underWay = true;
        _wait = WaitAsync(lines, arrived);
    }

    public async ValueTask DisposeAsync()
    {
        await _wait;
        if (_connection is { } connection) await connection.DisposeAsync();
    }

    private async Task WaitAsync(IReadOnlyList<WaitingLine> lines, Action<IReadOnlyList<TakenRun>> arrived)
    {
        IReadOnlyList<TakenRun> runs = [];
        try
        {
            _connection ??= await redis.OpenBlockingAsync(Longest);
            runs = await WorkQueue.WaitAsync(_connection, lines, identity.Name, Longest);
        }
        catch (Exception e) when (e is RedisException or RedisTimeoutException or Engine.FleetException)
        {
            LogInterrupted(e.Message);
            await Task.Delay(Longest, time, CancellationToken.None);
        }

        // The wait is over before it is told of, so that the loop may begin another.
        _underWay = false;
        arrived(runs);
    }

    [LoggerMessage(2301, LogLevel.Warning, "Waiting for runs was interrupted: {Reason}")]
    private partial void LogInterrupted(string reason);
}

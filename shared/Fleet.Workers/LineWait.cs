using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>
/// Waits in Redis for the next run of a partition, on a connection of its own, so that a new run wakes exactly one idle worker,
/// at once, and an idle fleet costs next to nothing.
/// </summary>
internal sealed partial class LineWait(RedisConnection redis, WorkQueue queue, string worker, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>How long one wait takes at most: how late an idle worker may learn what no signal told it, and how long it takes to stop.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    /// <summary>How long the next wait waits to begin when one went wrong.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How soon a wait is cut short once more that Redis may not have begun when it was told to.</summary>
    private static readonly TimeSpan Insist = TimeSpan.FromMilliseconds(5);

    private readonly Lock _lock = new();
    private readonly Pulse _pulse = new(time);
    private IConnectionMultiplexer? _connection;
    private Task _wait = Task.CompletedTask;
    private Blocked? _blocked;
    private bool _cutShort;
    private volatile bool _underWay;

    public bool IsUnderWay => _underWay;

    /// <summary>For how long the wait that is under way has been.</summary>
    public TimeSpan Silence => _pulse.Silence;

    /// <summary>Waits for a run.</summary>
    /// <param name="lines">Where.</param>
    /// <param name="arrived">Called with what came; with nothing when a line has to be made first.</param>
    /// <param name="lost">Called when it may have been handed a run without hearing of it.</param>
    /// <param name="over">Called last, and alone when just the time is up: nothing waits on the lines then.</param>
    public void Begin(IReadOnlyList<WaitingLine> lines, Action<IReadOnlyList<TakenRun>> arrived, Action lost, Action over)
    {
        lock (_lock) _cutShort = false;
        _pulse.Beat();
        _underWay = true;
        _wait = WaitAsync(lines, arrived, lost, over);
    }

    /// <summary>Ends the wait at once where Redis allows that, because it waits on lines that it should not; otherwise its time ends it.</summary>
    public void CutShort()
    {
        lock (_lock)
        {
            if (_cutShort) return;
            // Where the wait has not begun, it is cut short as soon as it has.
            _cutShort = true;
            if (_blocked is { } blocked) _ = CutShortAsync(blocked);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _wait;
        await CloseAsync();
    }

    private async Task WaitAsync(IReadOnlyList<WaitingLine> lines, Action<IReadOnlyList<TakenRun>> arrived, Action lost, Action over)
    {
        try
        {
            _connection ??= await redis.OpenBlockingAsync(Longest);
            // The question is written before the wait, and so answered before it.
            var client = WorkQueue.IdentifyAsync(_connection, lines[0]);
            var waiting = WorkQueue.WaitAsync(_connection, lines, worker, Longest);
            lock (_lock)
            {
                _blocked = new Blocked(lines[0], client, waiting);
                if (_cutShort) _ = CutShortAsync(_blocked);
            }

            if (await waiting is { } came) arrived(came);
        }
#pragma warning disable CA1031 // A wait that stayed under way for ever would keep the loop from taking anything.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogInterrupted(e.Message);
            lost();
            await CloseAsync();
            await Task.Delay(Pause, time, CancellationToken.None);
        }

        lock (_lock) _blocked = null;
        // Handed on before the wait is over, or a loop that stops could leave in between; over before that is told, so that the
        // loop may begin another.
        _pulse.Rest();
        _underWay = false;
        over();
    }

    /// <summary>Lets go of a connection that did not answer: a network that swallowed its packets may never say so, and a new one works as soon as any can.</summary>
    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection) await connection.DisposeAsync();
    }

    private async Task CutShortAsync(Blocked blocked)
    {
        try
        {
            if (await blocked.Client is not { } client) return;
            while (!blocked.Waiting.IsCompleted && !await queue.UnblockAsync(blocked.Line, client))
                await Task.WhenAny(blocked.Waiting, Task.Delay(Insist, time, CancellationToken.None));
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // It ends by itself when its time is up.
        }
    }

    /// <summary>What Redis is asked to wait for, and by whom.</summary>
    private sealed record Blocked(WaitingLine Line, Task<long?> Client, Task Waiting);

    [LoggerMessage(2301, LogLevel.Warning, "Waiting for runs was interrupted: {Reason}")]
    private partial void LogInterrupted(string reason);
}

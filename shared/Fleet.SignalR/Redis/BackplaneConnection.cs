using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.SignalR.Redis;

/// <summary>
/// The backplane's way to Redis: publishes or says at once that it cannot, subscribes, and says when subscriptions were interrupted.
/// Channels are sharded ones, which on a single Redis are like any other and on a Cluster live in one slot each.
/// </summary>
internal sealed partial class BackplaneConnection : IAsyncDisposable, IDisposable
{
    /// <summary>How often the subscriptions' connection is asked for a sign of life, so that a network that swallows packets is noticed.</summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked whether a lost Redis is back.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private static readonly Version Oldest = new(7, 0);

    private readonly Func<CancellationToken, Task<IConnectionMultiplexer>> _connect;
    private readonly bool _owned;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Lazy<Task<IConnectionMultiplexer>> _opening;
    private volatile IConnectionMultiplexer? _redis;
    private TaskCompletionSource _back = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _beating = Task.CompletedTask;
    private int _interrupted;
    private volatile int _disposing;

    /// <param name="connect">Connects; called until it succeeds.</param>
    /// <param name="owned">Whether what it returns is disposed with this.</param>
    /// <param name="patience">How long Redis may take for one command.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where to log.</param>
    public BackplaneConnection(
        Func<CancellationToken, Task<IConnectionMultiplexer>> connect, bool owned, TimeSpan patience, TimeProvider time, ILogger logger)
    {
        _connect = connect;
        _owned = owned;
        _patience = patience;
        _time = time;
        _logger = logger;
        _opening = new Lazy<Task<IConnectionMultiplexer>>(() => Task.Run(OpenAsync));
    }

    /// <summary>Raised when subscriptions stand again that had been lost: what was published meanwhile has been missed.</summary>
    public event Action? Missed;

    /// <summary>Whether Redis has been reached since this process started.</summary>
    public bool HasBeenReached => _redis is not null;

    /// <summary>Whether Redis can be reached, as far as is known.</summary>
    public bool IsConnected => _redis?.IsConnected ?? false;

    /// <summary>Begins to connect, without waiting for it.</summary>
    public void Start() => _ = _opening.Value;

    /// <summary>Publishes.</summary>
    /// <returns>How many servers listen.</returns>
    /// <exception cref="BackplaneUnavailableException">Redis is away, refuses, or does not answer in time.</exception>
    public Task<long> PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            // Called in the order of the callers' calls as long as Redis is there, so that what one caller publishes stays in order.
            if (_redis is { } redis)
            {
                return redis.IsConnected
                    ? EndAsync(redis.GetSubscriber().PublishAsync(RedisChannel.Sharded(channel), message))
                    : Task.FromException<long>(Unavailable("there is no connection to it at the moment.", null));
            }

            return OpenAndPublishAsync(channel, message);
        }
        catch (Exception e) when (e is not BackplaneUnavailableException)
        {
            return Task.FromException<long>(Unavailable(e.Message, e));
        }
    }

    /// <summary>Subscribes.</summary>
    /// <returns>What comes, in order.</returns>
    public async Task<ChannelMessageQueue> SubscribeAsync(string channel)
    {
        var redis = _redis ?? await _opening.Value.WaitAsync(_patience, _time);
        if (!redis.IsConnected) throw new BackplaneUnavailableException();
        var subscriber = redis.GetSubscriber();
        try
        {
            return await subscriber.SubscribeAsync(RedisChannel.Sharded(channel));
        }
        catch
        {
            // The client library has noted it all the same, and would fill a queue that nobody reads.
            await subscriber.UnsubscribeAsync(RedisChannel.Sharded(channel), null, CommandFlags.FireAndForget);
            throw;
        }
    }

    /// <summary>Returns when Redis may be reachable again.</summary>
    public Task WhenBackAsync(CancellationToken cancellation) => Volatile.Read(ref _back).Task.WaitAsync(cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0) return;
        await _disposed.CancelAsync();
        await _beating;
        if (_redis is { } redis)
        {
            redis.ConnectionFailed -= Failed;
            redis.ConnectionRestored -= Restored;
            if (_owned) await redis.DisposeAsync();
        }

        _disposed.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _ = DisposeAsync().AsTask();

    private async Task<IConnectionMultiplexer> OpenAsync()
    {
        // A host whose other parts need Redis to start says so itself, once; only one that goes on without has to be told.
        for (var level = LogLevel.Information; ; level = LogLevel.Warning)
        {
            try
            {
                var redis = await _connect(_disposed.Token);
                if (_disposing != 0)
                {
                    if (_owned) await redis.DisposeAsync();
                    throw new ObjectDisposedException(nameof(BackplaneConnection));
                }

                RequireVersion(redis);
                redis.ConnectionFailed += Failed;
                redis.ConnectionRestored += Restored;
                _redis = redis;
                _beating = BeatAsync(redis);
                return redis;
            }
            catch (Exception e) when (_disposing == 0)
            {
                LogNotOpened(level, e.Message);
                await Task.Delay(Pulse, _time, _disposed.Token);
            }
        }
    }

    private async Task<long> OpenAndPublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            await _opening.Value.WaitAsync(_patience, _time);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            throw Unavailable("it has not been reached since this process started.", e);
        }

        return await PublishAsync(channel, message);
    }

    private async Task<long> EndAsync(Task<long> publishing)
    {
        try
        {
            var servers = await publishing.WaitAsync(_patience, _time);
            BackplaneMetrics.Published.Add(1);
            return servers;
        }
#pragma warning disable CA1031 // The client library and its transport fail in many ways, and each means that the message is not there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var late = e is TimeoutException;
            throw Unavailable(late ? $"it did not answer within {_patience.TotalSeconds} s, so that the message may still arrive." : e.Message, e);
        }
    }

    private static BackplaneUnavailableException Unavailable(string reason, Exception? inner)
    {
        BackplaneMetrics.PublishFailures.Add(1);
        return new BackplaneUnavailableException(
            $"The message was not handed to Redis: {reason} Send it again when Redis is back, or have clients read what they missed.", inner);
    }

    private static void RequireVersion(IConnectionMultiplexer redis)
    {
        var oldest = redis.GetServers().Where(server => server.IsConnected).Select(server => server.Version).DefaultIfEmpty(Oldest).Min()!;
        if (oldest < Oldest) throw new NotSupportedException($"The backplane needs Redis {Oldest} or newer; this one is {oldest}.");
    }

    private void Failed(object? sender, ConnectionFailedEventArgs e)
    {
        LogLost(e.ConnectionType, e.FailureType);
    }

    private void Restored(object? sender, ConnectionFailedEventArgs e)
    {
        LogRestored(e.ConnectionType);
        if (!CarriesSubscriptions(e)) return;
        Interlocked.Exchange(ref _interrupted, 1);
        _ = TellMissedAsync();
    }

    // With the newer protocol there is only one connection, which carries everything.
    private bool CarriesSubscriptions(ConnectionFailedEventArgs e) =>
        e.ConnectionType == ConnectionType.Subscription || (e.EndPoint is { } server && _redis?.GetServer(server).Protocol == RedisProtocol.Resp3);

    private async Task TellMissedAsync()
    {
        // An answer on the subscriptions' own connection: those it lost stand again.
        while (!await PingAsync(_redis!))
        {
            if (_disposed.IsCancellationRequested) return;
            await Task.Delay(Glance, _time, CancellationToken.None);
        }

        if (Interlocked.Exchange(ref _interrupted, 0) == 0) return;
        BackplaneMetrics.Interruptions.Add(1);
        Missed?.Invoke();
    }

    private async Task BeatAsync(IConnectionMultiplexer redis)
    {
        using var timer = new PeriodicTimer(Glance, _time);
        var next = _time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(_disposed.Token))
            {
                if (redis.IsConnected) Interlocked.Exchange(ref _back, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
                if (_time.GetElapsedTime(next) < Pulse) continue;
                next = _time.GetTimestamp();
                _ = PingAsync(redis);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private static async Task<bool> PingAsync(IConnectionMultiplexer redis)
    {
        try
        {
            await redis.GetSubscriber().PingAsync();
            return true;
        }
#pragma warning disable CA1031 // The client library and its transport fail in many ways, and each means that there is no answer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }
}

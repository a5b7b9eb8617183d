using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>The process's connections to Redis: one shared multiplexer, and separate ones for calls that block.</summary>
public sealed partial class RedisConnection(IOptions<FleetOptions> options, TimeProvider time, ILogger<RedisConnection> logger) : IAsyncDisposable
{
    private const int ReconnectMilliseconds = 250;

    /// <summary>
    /// What holds unless <c>Fleet:Redis</c> says otherwise. A connection on which nothing arrives is given up after four times the async
    /// timeout, and one that is being made after the connect timeout: both bound how long it takes to work again after the network has
    /// swallowed packets without a word.
    /// </summary>
    private const string Defaults = "connectTimeout=2000,asyncTimeout=2000,syncTimeout=2000";

    /// <summary>
    /// How often a connection is asked for a sign of life on which nothing else is asked. Not more often than it has to have been silent to be
    /// given up: the first question that goes unanswered is then enough.
    /// </summary>
    private static readonly TimeSpan Pulse = TimeSpan.FromSeconds(8);

    /// <summary>How much later than a call's own time its answer may come.</summary>
    private static readonly TimeSpan BlockedMargin = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait before asking again for what comes at once as a rule.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _disposed = new();
    private ConnectionMultiplexer? _shared;
    private Task _beating = Task.CompletedTask;

    /// <summary>Whether anybody wanted something of Redis since it was last asked for a sign of life.</summary>
    private volatile bool _isAsked;

    /// <summary>How long Redis may stay silent before whoever asked is told that it is away, where nothing else is configured.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The shared connection.</summary>
    /// <exception cref="InvalidOperationException"><see cref="OpenAsync"/> has not been called.</exception>
    public IConnectionMultiplexer Shared => _shared ?? throw new InvalidOperationException("The connection to Redis is not open yet.");

    /// <summary>Commands on the shared connection.</summary>
    public IDatabase Database
    {
        get
        {
            _isAsked = true;
            return Shared.GetDatabase();
        }
    }

    /// <summary>Subscriptions on the shared connection.</summary>
    public ISubscriber Subscriber => Shared.GetSubscriber();

    /// <summary>Whether <see cref="OpenAsync"/> has succeeded.</summary>
    public bool IsOpen => _shared is not null;

    /// <summary>Whether Redis can be reached at the moment.</summary>
    public bool IsConnected => _shared?.IsConnected ?? false;

    /// <summary>Raised when a lost connection is there again: what was published meanwhile has been missed.</summary>
    public event EventHandler? Restored;

    /// <summary>Connects, once; later calls return at once.</summary>
    /// <exception cref="FleetException">Redis cannot be reached, takes no subscriptions, or is too old.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        if (_shared is not null) return;
        await _opening.WaitAsync(cancellation);
        try
        {
            if (_shared is not null) return;
            var shared = await ConnectAsync("fleet");
            try
            {
                RequireVersion(shared);
                await RequireSubscriptionsAsync(shared, cancellation);
            }
            catch
            {
                await shared.DisposeAsync();
                throw;
            }

            shared.ConnectionRestored += (_, e) =>
            {
                LogRestored(e.ConnectionType);
                Restored?.Invoke(this, EventArgs.Empty);
            };
            shared.ConnectionFailed += (_, e) => LogLost(e.ConnectionType, e.FailureType);
            _shared = shared;
            _beating = BeatAsync(shared);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Waits for work that may honestly take long, for as long as Redis answers meanwhile.</summary>
    /// <param name="work">The work. When it is given up, what it brings later is disposed.</param>
    /// <param name="patience">How long Redis may stay silent; null for <see cref="Patience"/>.</param>
    /// <exception cref="TimeoutException">Redis does not answer.</exception>
    public async Task<T> WhileAnsweringAsync<T>(Task<T> work, TimeSpan? patience = null)
    {
        var silence = patience ?? Patience;
        // Most work is done before it is worth asking.
        var glance = silence / 5;
        try
        {
            while (await Task.WhenAny(work, Task.Delay(glance, time, CancellationToken.None)) != work)
                await (await Task.WhenAny(work, Database.PingAsync()).WaitAsync(silence - glance, time));
            return await work;
        }
        catch (Exception e) when (!work.IsCompleted && (RedisFailure.Is(e) || e is TimeoutException))
        {
            _ = DisposeLateAsync(work);
            throw;
        }
    }

    /// <summary>Makes a connection of its own for calls that block, which would stall everything on the shared one.</summary>
    /// <param name="longest">How long a call may block.</param>
    [SuppressMessage("Performance", "CA1859", Justification = "The interface is what callers are to see.")]
    public async Task<IConnectionMultiplexer> OpenBlockingAsync(TimeSpan longest) => await ConnectAsync("fleet-wait", configuration =>
    {
        configuration.AsyncTimeout = (int)(longest + BlockedMargin).TotalMilliseconds;
        // It carries nothing but the wait, so it needs no second socket for subscriptions.
        configuration.CommandMap = CommandMap.Create(["SUBSCRIBE", "UNSUBSCRIBE", "PSUBSCRIBE", "PUNSUBSCRIBE"], available: false);
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _disposed.CancelAsync();
        await _beating;
        if (_shared is { } shared) await shared.DisposeAsync();
        _opening.Dispose();
        _disposed.Dispose();
    }

    /// <summary>
    /// Asks for signs of life. The client library gives a connection up on which calls of ours go unanswered; its own keep-alive does not
    /// count, so one that is only listened on, or an idle one, would stay for ever when the network forgot it without a word.
    /// </summary>
    private async Task BeatAsync(ConnectionMultiplexer shared)
    {
        using var timer = new PeriodicTimer(Pulse, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_disposed.Token))
            {
                if (!_isAsked) _ = PingAsync(shared.GetDatabase().PingAsync);
                _isAsked = false;
                _ = PingAsync(shared.GetSubscriber().PingAsync);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private static async Task PingAsync(Func<CommandFlags, Task<TimeSpan>> ping)
    {
        try
        {
            await ping(CommandFlags.None);
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is ObjectDisposedException)
        {
            // Whoever needs an answer says so; here the question alone counts.
        }
    }

    private static async Task DisposeLateAsync<T>(Task<T> work)
    {
        try
        {
            if (await work is IAsyncDisposable late) await late.DisposeAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // That was to be expected, and was told.
        }
    }

    private async Task<ConnectionMultiplexer> ConnectAsync(string name, Action<ConfigurationOptions>? configure = null)
    {
        ConfigurationOptions configuration;
        try
        {
            configuration = ConfigurationOptions.Parse($"{Defaults},{options.Value.Redis}");
        }
        catch (ArgumentException e)
        {
            throw new FleetException($"Fleet:Redis is not a connection string: {e.Message}", e);
        }

        configuration.ClientName = name;
        configuration.AbortOnConnectFail = true;
        configuration.ConnectRetry = 1;
        configuration.AllowAdmin = false;
        configuration.IncludeDetailInExceptions = false;
        // Whoever calls decides what to do while Redis is away; a hidden backlog would decide for them.
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        // The default waits longer after every failed try; everything is to work again soon after Redis is back.
        configuration.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        configure?.Invoke(configuration);
        try
        {
            return await ConnectionMultiplexer.ConnectAsync(configuration);
        }
        catch (RedisConnectionException e)
        {
            throw new FleetException($"Redis at {Endpoints(configuration)} cannot be reached. Is it running, and is Fleet:Redis right?", e);
        }
    }

    private static void RequireVersion(ConnectionMultiplexer redis)
    {
        var oldest = redis.GetServers().Where(server => server.IsConnected).Select(server => server.Version).DefaultIfEmpty().Min();
        if (oldest is not null && oldest < new Version(7, 0))
            throw new FleetException($"Fleet needs Redis 7.0 or newer; this one is {oldest}.");
    }

    /// <summary>
    /// Waits until subscriptions are possible: the client library has connected as soon as commands can be sent, and the socket that
    /// subscriptions have of their own may come a moment later.
    /// </summary>
    private async Task RequireSubscriptionsAsync(ConnectionMultiplexer redis, CancellationToken cancellation)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(Moment, time, cancellation))
        {
            try
            {
                await redis.GetSubscriber().PingAsync();
                return;
            }
            catch (Exception e) when (RedisFailure.Is(e))
            {
                if (time.GetElapsedTime(began) < Patience) continue;
                throw new FleetException("Redis takes commands but no connection for subscriptions. Has it reached its maxclients?", e);
            }
        }
    }

    private static string Endpoints(ConfigurationOptions configuration) =>
        string.Join(", ", configuration.EndPoints.Select(endpoint => endpoint switch
        {
            System.Net.DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
            _ => endpoint.ToString(),
        }));

    [LoggerMessage(1001, LogLevel.Information, "The {Connection} connection to Redis is there again")]
    private partial void LogRestored(ConnectionType connection);

    [LoggerMessage(1002, LogLevel.Warning, "The {Connection} connection to Redis is lost ({Failure}); it is tried again until it is back")]
    private partial void LogLost(ConnectionType connection, ConnectionFailureType failure);
}

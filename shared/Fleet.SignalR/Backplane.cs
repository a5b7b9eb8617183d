using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fleet.SignalR.Channels;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Redis;
using Fleet.SignalR.Requests;
using Fleet.SignalR.Results;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace Fleet.SignalR;

/// <summary>One server's part of a hub: its connections, the channels they watch, and what it says to the other servers.</summary>
/// <remarks>
/// Everything that many get goes through Redis, also to this server's own connections, so that all see it in the same order. What is
/// for one connection goes to it directly where this server has it, else to the server that does.
/// </remarks>
internal sealed partial class Backplane : IAsyncDisposable
{
    /// <summary>Of how many of other servers' connections it is known which server has them, about.</summary>
    private const int OwnersKnown = 10_000;

    private readonly BackplaneOptions _options;
    private readonly BackplaneConnection _redis;
    private readonly PayloadSerializer _serializer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChannelNames _names;
    private readonly ChannelMap _channels;
    private readonly OutboxLimits _limits;
    private readonly ConcurrentDictionary<string, LocalConnection> _connections = new();
    private readonly OwnerDirectory _owners = new(OwnersKnown / 2);
    private readonly PendingRequests _requests = new();
    private readonly PendingResults _results;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _listening;
    private readonly Task _checking;
    private int _disposed;

    public Backplane(
        string hub, BackplaneOptions options, BackplaneConnection redis, PayloadSerializer serializer, IHubProtocolResolver protocols,
        TimeProvider time, ILogger logger)
    {
        _options = options;
        _redis = redis;
        _serializer = serializer;
        _time = time;
        _logger = logger;
        _names = new ChannelNames(options.ChannelPrefix, hub);
        _results = new PendingResults(protocols);
        _limits = new OutboxLimits(options.MaxPendingBytes, options.MaxPendingMessages, options.WhenOverflowing,
            serializer.Serialize(options.ResyncMethod, [.. options.ResyncArguments]));
        _channels = new ChannelMap(redis, options.RedisTimeout, time, logger) { Receive = Receive };
        redis.Missed += TellMissed;
        redis.Start();
        _listening = Task.WhenAll(_channels.ListenAsync(_names.Servers), _channels.ListenAsync(_names.Server(Server)));
        _checking = CheckAsync();
    }

    /// <summary>This server's name among the others: readable, and never used again.</summary>
    public string Server { get; } = $"{Environment.MachineName}-{Guid.NewGuid().ToString("N")[..12]}";

    /// <summary>How many channels it listens to.</summary>
    internal int Channels => _channels.Count;

    /// <summary>How many results are waited for, here or elsewhere.</summary>
    internal int Results => _results.Count;

    /// <summary>How many requests are not answered.</summary>
    internal int Requests => _requests.Count;

    /// <summary>Forgets what results it owes, as a server does that was started anew.</summary>
    internal void ForgetResults()
    {
        foreach (var owed in _results.Of<OwedResult>()) _results.Remove(owed.Invocation);
    }

    /// <summary>One of its connections.</summary>
    internal bool TryFind(string id, [NotNullWhen(true)] out LocalConnection? connection) => _connections.TryGetValue(id, out connection);

    /// <summary>A client has connected. It waits for the subscriptions that it needs, but not for a Redis that is away.</summary>
    public Task ConnectedAsync(HubConnectionContext context)
    {
        var connection = new LocalConnection(context, _limits, _time, _logger);
        _connections[connection.Id] = connection;
        BackplaneMetrics.Connections.Add(1);
        var all = JoinAsync(_names.All, connection);
        return string.IsNullOrEmpty(context.UserIdentifier) ? all : Task.WhenAll(all, JoinAsync(_names.User(context.UserIdentifier), connection));
    }

    /// <summary>A client has gone, and leaves everything.</summary>
    public void Disconnected(HubConnectionContext context)
    {
        if (!_connections.TryRemove(context.ConnectionId, out var connection)) return;
        BackplaneMetrics.Connections.Add(-1);
        connection.Dispose();
        lock (connection.Gate)
        {
            foreach (var channel in connection.Channels!) _channels.Leave(channel, connection);
            connection.Channels = null;
        }

        _results.Lose(connection.Id);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        _redis.Missed -= TellMissed;
        await _stop.CancelAsync();
        await _checking;
        foreach (var result in _results.Of<AwaitedResult>()) result.Lose("This server shuts down.");
        await _channels.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>Makes one of its connections watch a channel; in vain where it has gone.</summary>
    private Task JoinAsync(string channel, LocalConnection connection)
    {
        lock (connection.Gate)
        {
            if (connection.Channels is not { } channels) return Task.CompletedTask;
            channels.Add(channel);
            // Also where it watches it already: who joins waits for the subscription, whoever asked for it.
            return _channels.JoinAsync(channel, connection);
        }
    }

    private void Leave(string channel, LocalConnection connection)
    {
        lock (connection.Gate)
        {
            if (connection.Channels?.Remove(channel) ?? false) _channels.Leave(channel, connection);
        }
    }

    private void TellMissed()
    {
        LogMissed(_connections.Count, _options.WhenInterrupted);
        foreach (var connection in _connections.Values) connection.Outbox.Miss(_options.WhenInterrupted);
    }
}

using Microsoft.AspNetCore.Connections.Abstractions;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging;

namespace Fleet.SignalR.Connections;

/// <summary>A connection that this server has: what waits for it, and the channels it watches.</summary>
internal sealed class LocalConnection : IDisposable
{
    /// <summary>How long an aborted connection may take to end by itself.</summary>
    private static readonly TimeSpan AbortGrace = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly CancellationTokenRegistration _aborted;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LocalConnection(HubConnectionContext context, OutboxLimits limits, TimeProvider time, ILogger logger)
    {
        Context = context;
        Id = context.ConnectionId;
        Protocol = context.Protocol.Name;
#pragma warning disable CA2252 // Only whether it is there matters, not what can be done with it.
        CountsMessages = context.Features.Get<IStatefulReconnectFeature>() is not null;
#pragma warning restore CA2252
        Outbox = new Outbox(this, limits, logger);
        _time = time;
        _aborted = context.ConnectionAborted.UnsafeRegister(static state => _ = ((LocalConnection)state!).EndAsync(), this);
    }

    public HubConnectionContext Context { get; }

    public string Id { get; }

    /// <summary>The name of its protocol.</summary>
    public string Protocol { get; }

    public Outbox Outbox { get; }

    /// <summary>Held while its channels change.</summary>
    public Lock Gate { get; } = new();

    /// <summary>The channels it watches; null once it has gone.</summary>
    public HashSet<string>? Channels { get; set; } = [];

    /// <summary>Whether messages are numbered on the way to it (stateful reconnect), so that several must not be written as one.</summary>
    public bool CountsMessages { get; }

    public ValueTask WriteAsync(HubPayload payload) =>
        CountsMessages && payload.Parts is { } parts ? WriteEachAsync(parts) : Context.WriteAsync(payload.Message);

    public ValueTask WriteAsync(HubMessage message) => Context.WriteAsync(message);

    /// <summary>Ends it, also where its client no longer takes anything.</summary>
    public void Cut()
    {
        Context.Abort();
        // A client that does not read would hold up the orderly end for ever.
        Context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
    }

    /// <summary>It has gone.</summary>
    public void Dispose()
    {
        _ended.TrySetResult();
        _aborted.Dispose();
        Outbox.Close();
    }

    /// <summary>
    /// Sees an aborted connection to its end. SignalR waits for the write under way first, which is for ever where the client has
    /// stopped reading without a word.
    /// </summary>
    private async Task EndAsync()
    {
        Outbox.Close();
        try
        {
            await _ended.Task.WaitAsync(AbortGrace, _time);
        }
        catch (TimeoutException)
        {
            Context.Features.Get<IConnectionLifetimeFeature>()?.Abort();
        }
    }

    private async ValueTask WriteEachAsync(IReadOnlyList<HubPayload> parts)
    {
        foreach (var part in parts) await Context.WriteAsync(part.Message);
    }
}

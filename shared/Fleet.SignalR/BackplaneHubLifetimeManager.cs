using System.Diagnostics.CodeAnalysis;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.SignalR;

/// <summary>What SignalR asks of a hub's backplane, answered by a <see cref="Backplane"/>.</summary>
internal sealed class BackplaneHubLifetimeManager<THub> : HubLifetimeManager<THub>, IAsyncDisposable, IDisposable where THub : Hub
{
    /// <summary>With the options and the connection that are meant for all hubs.</summary>
    public BackplaneHubLifetimeManager(IServiceProvider services) : this(services, Options.DefaultName)
    {
    }

    /// <summary>With the options and the connection of a name.</summary>
    internal BackplaneHubLifetimeManager(IServiceProvider services, string name)
    {
        var protocols = services.GetRequiredService<IHubProtocolResolver>();
        var supported = services.GetRequiredService<IOptions<HubOptions<THub>>>().Value.SupportedProtocols
            ?? services.GetRequiredService<IOptions<HubOptions>>().Value.SupportedProtocols;
        Backplane = new Backplane(
            typeof(THub).FullName ?? typeof(THub).Name,
            services.GetRequiredService<IOptionsMonitor<BackplaneOptions>>().Get(name),
            services.GetRequiredKeyedService<BackplaneConnection>(name),
            new PayloadSerializer(protocols, supported is null ? null : [.. supported]),
            protocols,
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILoggerFactory>().CreateLogger("Fleet.SignalR.Backplane"));
    }

    internal Backplane Backplane { get; }

    /// <inheritdoc/>
    public override Task OnConnectedAsync(HubConnectionContext connection) => Backplane.ConnectedAsync(connection);

    /// <inheritdoc/>
    public override Task OnDisconnectedAsync(HubConnectionContext connection)
    {
        Backplane.Disconnected(connection);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task SendAllAsync(string methodName, object?[] args, CancellationToken cancellationToken = default) =>
        Backplane.SendAllAsync(methodName, args, []).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task SendAllExceptAsync(
        string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds, CancellationToken cancellationToken = default) =>
        Backplane.SendAllAsync(methodName, args, excludedConnectionIds).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override Task SendConnectionAsync(string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        return Backplane.SendConnectionAsync(connectionId, methodName, args, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendConnectionsAsync(
        IReadOnlyList<string> connectionIds, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionIds);
        return Backplane.SendConnectionsAsync(connectionIds, methodName, args).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendGroupAsync(string groupName, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groupName);
        return Backplane.SendGroupAsync(groupName, methodName, args, []).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendGroupsAsync(
        IReadOnlyList<string> groupNames, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groupNames);
        return Backplane.SendGroupsAsync(groupNames, methodName, args).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendGroupExceptAsync(
        string groupName, string methodName, object?[] args, IReadOnlyList<string> excludedConnectionIds,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(groupName);
        return Backplane.SendGroupAsync(groupName, methodName, args, excludedConnectionIds).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendUserAsync(string userId, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userId);
        return Backplane.SendUserAsync(userId, methodName, args).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SendUsersAsync(
        IReadOnlyList<string> userIds, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(userIds);
        return Backplane.SendUsersAsync(userIds, methodName, args).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override Task AddToGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        ArgumentNullException.ThrowIfNull(groupName);
        return Backplane.AddToGroupAsync(connectionId, groupName, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task RemoveFromGroupAsync(string connectionId, string groupName, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        ArgumentNullException.ThrowIfNull(groupName);
        return Backplane.RemoveFromGroupAsync(connectionId, groupName, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task<T> InvokeConnectionAsync<T>(
        string connectionId, string methodName, object?[] args, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connectionId);
        return Backplane.InvokeAsync<T>(connectionId, methodName, args, cancellationToken);
    }

    /// <inheritdoc/>
    public override Task SetConnectionResultAsync(string connectionId, CompletionMessage result)
    {
        Backplane.Complete(connectionId, result);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override bool TryGetReturnType(string invocationId, [NotNullWhen(true)] out Type? type) =>
        Backplane.TryGetReturnType(invocationId, out type);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Backplane.DisposeAsync();

    /// <inheritdoc/>
    public void Dispose() => _ = DisposeAsync().AsTask();
}

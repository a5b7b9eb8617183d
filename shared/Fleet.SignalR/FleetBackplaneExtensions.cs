using Fleet.SignalR.Redis;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.SignalR;

/// <summary>Adds the backplane to SignalR: the servers of a hub that share a Redis act as one.</summary>
public static class FleetBackplaneExtensions
{
    private const string Defaults = "connectTimeout=2000,asyncTimeout=2000,syncTimeout=2000,abortConnect=false,name=fleet-backplane";
    private const int ReconnectMilliseconds = 250;

    /// <summary>Adds it for all hubs, with a connection of its own.</summary>
    /// <param name="signalR">What <c>AddSignalR()</c> returned.</param>
    /// <param name="redis">Where Redis is, as a StackExchange.Redis connection string. Redis need not be there when the host starts.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISignalRServerBuilder AddFleetBackplane(
        this ISignalRServerBuilder signalR, string redis, Action<BackplaneOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(redis);
        var options = ConfigurationOptions.Parse($"{Defaults},{redis}");
        // Whoever publishes decides what to do while Redis is away; a hidden backlog would decide for them.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // The default waits longer after every failed try; everything is to work again soon after Redis is back.
        options.ReconnectRetryPolicy = new LinearRetry(ReconnectMilliseconds);
        return signalR.Add(Options.DefaultName, async (_, _) => await ConnectionMultiplexer.ConnectAsync(options), owned: true, Plain(configure));
    }

    /// <summary>Adds it for all hubs, with a connection that somebody else made and disposes.</summary>
    /// <param name="signalR">What <c>AddSignalR()</c> returned.</param>
    /// <param name="redis">The connection.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISignalRServerBuilder AddFleetBackplane(
        this ISignalRServerBuilder signalR, IConnectionMultiplexer redis, Action<BackplaneOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(redis);
        return signalR.Add(Options.DefaultName, (_, _) => Task.FromResult(redis), owned: false, Plain(configure));
    }

    /// <summary>Adds it for all hubs, with a connection that is made when it is needed and belongs to whoever makes it.</summary>
    /// <param name="signalR">What <c>AddSignalR()</c> returned.</param>
    /// <param name="connect">Makes the connection, or finds one. Called again after it failed.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISignalRServerBuilder AddFleetBackplane(
        this ISignalRServerBuilder signalR,
        Func<IServiceProvider, CancellationToken, Task<IConnectionMultiplexer>> connect,
        Action<BackplaneOptions, IServiceProvider>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(connect);
        return signalR.Add(Options.DefaultName, connect, owned: false, configure);
    }

    /// <summary>Adds it for one hub and leaves all others as they are.</summary>
    /// <typeparam name="THub">The hub.</typeparam>
    /// <param name="signalR">What <c>AddSignalR()</c> returned.</param>
    /// <param name="connect">Makes the connection, or finds one. Called again after it failed. It belongs to whoever makes it.</param>
    /// <param name="configure">Changes the options.</param>
    public static ISignalRServerBuilder AddFleetBackplane<THub>(
        this ISignalRServerBuilder signalR,
        Func<IServiceProvider, CancellationToken, Task<IConnectionMultiplexer>> connect,
        Action<BackplaneOptions, IServiceProvider>? configure = null) where THub : Hub
    {
        ArgumentNullException.ThrowIfNull(connect);
        return signalR.Add<THub>(typeof(THub).FullName ?? typeof(THub).Name, connect, configure);
    }

    private static Action<BackplaneOptions, IServiceProvider>? Plain(Action<BackplaneOptions>? configure) =>
        configure is null ? null : (options, _) => configure(options);

    private static ISignalRServerBuilder Add(
        this ISignalRServerBuilder signalR,
        string name,
        Func<IServiceProvider, CancellationToken, Task<IConnectionMultiplexer>> connect,
        bool owned,
        Action<BackplaneOptions, IServiceProvider>? configure)
    {
        signalR.Services.AddConnection(name, connect, owned, configure);
        signalR.Services.AddSingleton(typeof(HubLifetimeManager<>), typeof(BackplaneHubLifetimeManager<>));
        return signalR;
    }

    private static ISignalRServerBuilder Add<THub>(
        this ISignalRServerBuilder signalR,
        string name,
        Func<IServiceProvider, CancellationToken, Task<IConnectionMultiplexer>> connect,
        Action<BackplaneOptions, IServiceProvider>? configure) where THub : Hub
    {
        signalR.Services.AddConnection(name, connect, owned: false, configure);
        signalR.Services.AddSingleton<HubLifetimeManager<THub>>(services => new BackplaneHubLifetimeManager<THub>(services, name));
        return signalR;
    }

    private static void AddConnection(
        this IServiceCollection services,
        string name,
        Func<IServiceProvider, CancellationToken, Task<IConnectionMultiplexer>> connect,
        bool owned,
        Action<BackplaneOptions, IServiceProvider>? configure)
    {
        var options = services.AddOptions<BackplaneOptions>(name).ValidateDataAnnotations().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BackplaneOptions>, BackplaneOptionsValidator>());
        services.AddKeyedSingleton(name, (provider, _) => new BackplaneConnection(
            cancellation => connect(provider, cancellation),
            owned,
            provider.GetRequiredService<IOptionsMonitor<BackplaneOptions>>().Get(name).RedisTimeout,
            provider.GetService<TimeProvider>() ?? TimeProvider.System,
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Fleet.SignalR.Backplane")));
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.SignalR.Tests;

/// <summary>One server of the <see cref="ProbeHub"/> on a free loopback port.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HubServer(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public Uri Url => new(_app.Urls.First() + "/probe");

    public IHubContext<ProbeHub> Hub => Services.GetRequiredService<IHubContext<ProbeHub>>();

    public IHubClients<IClientProxy> Clients => Hub.Clients;

    public Backplane Backplane => ((BackplaneHubLifetimeManager<ProbeHub>)Services.GetRequiredService<HubLifetimeManager<ProbeHub>>()).Backplane;

    /// <param name="redis">Where Redis is.</param>
    /// <param name="prefix">What its servers share.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="services">Changes the services.</param>
    /// <param name="connections">Changes how connections are served.</param>
    public static Task<HubServer> StartAsync(
        string redis, string prefix, Action<BackplaneOptions>? configure = null, Action<IServiceCollection>? services = null,
        Action<HttpConnectionDispatcherOptions>? connections = null) =>
        StartAsync(
            signalR => signalR.AddFleetBackplane(redis, options =>
            {
                options.ChannelPrefix = prefix;
                // The machine may be busy; a test that is about time sets its own.
                options.RedisTimeout = TimeSpan.FromSeconds(20);
                options.AckTimeout = TimeSpan.FromSeconds(30);
                options.ServerTimeout = TimeSpan.FromSeconds(30);
                configure?.Invoke(options);
            }),
            services, connections);

    public static async Task<HubServer> StartAsync(
        Action<ISignalRServerBuilder> backplane, Action<IServiceCollection>? services = null, Action<HttpConnectionDispatcherOptions>? connections = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<IUserIdProvider, QueryUserIdProvider>();
        backplane(builder.Services.AddSignalR(options => options.EnableDetailedErrors = true));
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapHub<ProbeHub>("/probe", connections);
        await app.StartAsync();
        return new HubServer(app);
    }

    public Task<HubProbe> ConnectAsync(string? user = null) => HubProbe.ConnectAsync(user is null ? Url : new Uri($"{Url}?user={user}"));

    /// <summary>Ends it at once: its clients are cut off, and it says nothing to the other servers.</summary>
    public async Task KillAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();
}

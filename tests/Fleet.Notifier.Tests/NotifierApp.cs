using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Notifier.Queues;
using Fleet.Notifier.Workers;
using Fleet.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.Notifier.Tests;

/// <summary>A notifier on a free loopback port, as it is deployed.</summary>
internal sealed class NotifierApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private NotifierApp(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Urls.First() + "/");
        Http = new HttpClient { BaseAddress = Url, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Url { get; }

    public Uri Hub => new(Url, "hubs/runs");

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public FleetDriver Driver => new(_app.Services);

    public RedisConnection Redis => Services.GetRequiredService<RedisConnection>();

    public FleetKeys Keys => Services.GetRequiredService<FleetKeys>();

    /// <summary>How many watches of any kind there are in this process.</summary>
    public int Watches => RunWatches
        + Services.GetRequiredService<FeedListener>().Watches
        + Services.GetRequiredService<WorkerFeed>().Watches
        + Services.GetRequiredService<QueueFeed>().Watches;

    public int RunWatches => Services.GetRequiredService<RunWatcher>().Watches;

    public static async Task<NotifierApp> StartAsync(RedisServer redis, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var values = new Dictionary<string, string?> { ["Fleet:Redis"] = redis.Address, ["Fleet:Prefix"] = RedisServer.NewPrefix() };
        foreach (var (key, value) in settings) values[key] = value;
        builder.Configuration.AddInMemoryCollection(values);
        builder.Services.AddFleetNotifier(builder.Configuration);
        var app = builder.Build();
        app.MapFleetNotifier();
        await app.StartAsync();
        return new NotifierApp(app);
    }

    public Task<HubConnection> ConnectAsync() => HubClient.ConnectAsync(Hub);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

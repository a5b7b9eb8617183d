using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Engine.Live.Tests;

/// <summary>A process that watches, and drives the runs it watches.</summary>
internal sealed class LiveHost : IAsyncDisposable
{
    private readonly IHost _host;

    private LiveHost(IHost host) => _host = host;

    public RunWatcher Watcher => _host.Services.GetRequiredService<RunWatcher>();

    public FeedListener Feed => _host.Services.GetRequiredService<FeedListener>();

    public FeedReader FeedReader => _host.Services.GetRequiredService<FeedReader>();

    public FleetKeys Keys => _host.Services.GetRequiredService<FleetKeys>();

    public RedisConnection Redis => _host.Services.GetRequiredService<RedisConnection>();

    public RunReader Reader => _host.Services.GetRequiredService<RunReader>();

    public RunStore Store => _host.Services.GetRequiredService<RunStore>();

    public FleetDriver Driver => new(_host.Services);

    public static async Task<LiveHost> StartAsync(RedisServer redis, string? prefix = null, int logEvents = 100_000, int partitions = 1, string? address = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Fleet:Redis"] = address ?? redis.Address,
            ["Fleet:Prefix"] = prefix ?? RedisServer.NewPrefix(),
            ["Fleet:Partitions"] = $"{partitions}",
            ["Fleet:Limits:LogEvents"] = $"{logEvents}",
        });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddFleetEngine(builder.Configuration).AddFleetLive();
        var host = builder.Build();
        await host.StartAsync();
        return new LiveHost(host);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}

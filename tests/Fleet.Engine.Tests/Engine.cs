using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Sweeping;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

/// <summary>A process with the engine, on a prefix of its own unless it is told to share one, and the words the tests use.</summary>
internal sealed partial class Engine : IAsyncDisposable
{
    private readonly IHost _host;

    private Engine(IHost host) => _host = host;

    public string Prefix => Options.Prefix;

    public FleetOptions Options => Get<IOptions<FleetOptions>>().Value;

    public FleetKeys Keys => Get<FleetKeys>();

    public RunStore Runs => Get<RunStore>();

    public RunReader Reader => Get<RunReader>();

    public RunList List => Get<RunList>();

    public WorkQueue Queue => Get<WorkQueue>();

    public StatsReader Stats => Get<StatsReader>();

    public RedisConnection Connection => Get<RedisConnection>();

    public IDatabase Redis => Connection.Database;

    /// <summary>A sweep that does a step when it is told to; it does not sweep by itself.</summary>
    public Sweeper Sweep { get => field ??= ActivatorUtilities.CreateInstance<Sweeper>(_host.Services); }

    /// <summary>The loop of an engine that sweeps by itself; it ends with the process and never before.</summary>
    public Task Sweeping => _host.Services.GetServices<IHostedService>().OfType<Sweeper>().Single().ExecuteTask!;

    /// <summary>Starts a process.</summary>
    /// <param name="server">Its Redis.</param>
    /// <param name="partitions">The number of partitions.</param>
    /// <param name="prefix">The prefix, where it is another engine's.</param>
    /// <param name="bend">Changes options, also to what a configuration may not say, such as a lease that lapses at once.</param>
    /// <param name="sweeps">Whether it sweeps by itself.</param>
    /// <param name="time">Its clock.</param>
    public static async Task<Engine> StartAsync(
        RedisServer server, int partitions = 1, string? prefix = null, Action<FleetOptions>? bend = null, bool sweeps = false, TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Fleet:Redis"] = server.Address,
            ["Fleet:Prefix"] = prefix ?? RedisServer.NewPrefix(),
            ["Fleet:Partitions"] = $"{partitions}",
        });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddFleetEngine(builder.Configuration);
        if (sweeps) builder.Services.AddFleetSweep();
        if (bend is not null)
        {
            builder.Services.AddSingleton<IOptions<FleetOptions>>(provider =>
            {
                var options = provider.GetRequiredService<IOptionsMonitor<FleetOptions>>().CurrentValue;
                bend(options);
                return new OptionsWrapper<FleetOptions>(options);
            });
        }

        var host = builder.Build();
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new Engine(host);
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

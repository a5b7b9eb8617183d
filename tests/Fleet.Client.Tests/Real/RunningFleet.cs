using Fleet.Api;
using Fleet.Engine.Catalogue;
using Fleet.Notifier;
using Fleet.Testing;
using Fleet.Workers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fleet.RealFleet;

/// <summary>The API, the notifier and a worker with one scripted job, over a Redis of the tests' own.</summary>
public sealed class RunningFleet : IAsyncLifetime
{
    private readonly RedisServer _redis;
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Gates _gates = new();
    private WebApplication _app = null!;

    /// <summary>Over the Redis that tests share.</summary>
    public RunningFleet() : this(new RedisServer())
    {
    }

    /// <summary>Over a Redis of the caller's choice.</summary>
    internal RunningFleet(RedisServer redis) => _redis = redis;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    internal Gates Gates => _gates;

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        await StartAsync();
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        await StopAsync();
        await _redis.DisposeAsync();
    }

    /// <summary>Stops everything but Redis, and starts it again at the same address.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    private async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = Address.ToString(),
            ["Fleet:Redis"] = _redis.Address,
            ["Fleet:Prefix"] = _prefix,
            ["Fleet:Worker:DrainTimeout"] = "00:00:01",
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_gates);
        builder.Services.AddFleetApi(builder.Configuration);
        builder.Services.AddFleetNotifier(builder.Configuration);
        builder.Services.AddFleetWorker(builder.Configuration).AddJob<ScriptedJob>(ScriptedJob.Name, job => job.Description("Does as it is told.").Attempts(3));
        _app = builder.Build();
        _app.MapFleetApi();
        _app.MapFleetNotifier();
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
        var jobs = _app.Services.GetRequiredService<JobCatalogue>();
        await Eventually.IsTrueAsync(async () => await jobs.FindAsync(ScriptedJob.Name) is not null);
    }
}

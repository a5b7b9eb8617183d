using System.Text;
using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Live;
using Fleet.Engine.Runs;
using Fleet.Testing;
using Fleet.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Worker.Tests;

/// <summary>A worker with the built-in jobs on a real Redis, under a key prefix of its own.</summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly IHost _host;

    private WorkerHost(IHost host) => _host = host;

    public RunStore Store => _host.Services.GetRequiredService<RunStore>();

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public static async Task<WorkerHost> StartAsync(RedisServer redis, params (string Key, string Value)[] settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Fleet:Redis"] = redis.Address,
            ["Fleet:Prefix"] = RedisServer.NewPrefix(),
            ["Fleet:Worker:Process:Enabled"] = "true",
            ["Fleet:Worker:Process:KillAfter"] = "00:00:01",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Logging.ClearProviders();
        builder.Services.AddFleetWorker(builder.Configuration).AddBuiltInJobs(builder.Configuration);
        builder.Services.AddFleetLive();
        var host = builder.Build();
        await host.StartAsync();
        return new WorkerHost(host);
    }

    public async Task<RunId> EnqueueAsync(string job, object input, int maxAttempts = 1, TimeSpan? timeout = null) => (await Store.EnqueueAsync(new RunSpec
    {
        Job = job,
        Input = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(input, FleetJson.Options)),
        MaxAttempts = maxAttempts,
        Options = new RunOptions { Timeout = timeout },
    })).Id;

    /// <summary>Enqueues a run and waits for its end.</summary>
    public async Task<(Run Run, IReadOnlyList<RunEvent> Events)> RunAsync(string job, object input, int maxAttempts = 1, TimeSpan? timeout = null) =>
        await EndOfAsync(await EnqueueAsync(job, input, maxAttempts, timeout));

    /// <summary>Waits for a run's end.</summary>
    public async Task<(Run Run, IReadOnlyList<RunEvent> Events)> EndOfAsync(RunId id)
    {
        await WaitForAsync(id, e => e.Type.IsFinal());
        var timeline = await Get<RunReader>().EventsAsync(id, after: 0);
        return (timeline!.Run, timeline.Events);
    }

    /// <summary>Waits until a run's timeline shows an event.</summary>
    public async Task WaitForAsync(RunId id, Func<RunEvent, bool> isIt)
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var watch = await Get<RunWatcher>().WatchAsync(id, after: 0) ?? throw new InvalidOperationException($"There is no run {id}.");
        if (watch.Snapshot.Events.Any(isIt)) return;
        await foreach (var update in watch.ReadAsync(timeout.Token))
        {
            if (update.Events.Any(isIt)) return;
        }

        var run = await Get<RunReader>().GetAsync(id);
        Assert.Fail($"What was waited for did not happen to run {id}, which is {run?.Run.State}.");
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

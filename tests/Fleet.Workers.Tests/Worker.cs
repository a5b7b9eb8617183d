using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers.Tests;

/// <summary>A host with a worker that knows the scripted job, and all a test asks it for.</summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly IHost _host;

    private Worker(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public RunStore Runs => Services.GetRequiredService<RunStore>();

    public RunReader Reader => Services.GetRequiredService<RunReader>();

    public RedisConnection Redis => Services.GetRequiredService<RedisConnection>();

    public FleetKeys Keys => Services.GetRequiredService<FleetKeys>();

    public FleetWorker Fleet => Services.GetRequiredService<FleetWorker>();

    public QueueLines Lines => Services.GetRequiredService<QueueLines>();

    public string Name => Services.GetRequiredService<WorkerIdentity>().Name;

    public static async Task<Worker> StartAsync(
        RedisServer redis, Stage stage, string prefix, Action<FleetWorkerBuilder>? jobs = null, params (string Key, object Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Fleet:Redis"] = redis.Address,
            ["Fleet:Prefix"] = prefix,
            ["Fleet:Worker:DrainTimeout"] = "00:00:00",
            ["Fleet:Worker:CancelGrace"] = "00:00:10",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting =>
            new KeyValuePair<string, string?>($"Fleet:{setting.Key}", setting.Value.ToString())));
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new ListeningLoggers());
        builder.Services.AddSingleton(stage);
        builder.Services.AddScoped<Scoped>();
        var worker = builder.Services.AddFleetWorker(builder.Configuration);
        builder.Services.AddFleetLive();
        if (jobs is null) worker.AddJob<ScriptedJob>("scripted", job => job.Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50)));
        else jobs(worker);

        var host = builder.Build();
        await host.StartAsync();
        return new Worker(host);
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    public Task<RunId> EnqueueAsync(string act, int n = 0, int attempts = 5, string queue = "default",
        Priority priority = Priority.Normal, TimeSpan? timeout = null, string job = "scripted", string? text = null) =>
        EnqueueAsync(Spec(act, n, attempts, queue, priority, timeout, job, text));

    public async Task<RunId> EnqueueAsync(RunSpec spec)
    {
        var result = await Runs.EnqueueAsync(spec);
        Assert.Equal(EnqueueOutcome.Accepted, result.Outcome);
        return result.Id;
    }

    public async Task<RunId[]> EnqueueManyAsync(int count, Func<int, RunSpec> spec) =>
        [.. (await Runs.EnqueueAsync([.. Enumerable.Range(0, count).Select(spec)])).Select(result => result.Id)];

    public static RunSpec Spec(string act, int n = 0, int attempts = 5, string queue = "default",
        Priority priority = Priority.Normal, TimeSpan? timeout = null, string job = "scripted", string? text = null) => new()
        {
            Job = job,
            Input = JsonSerializer.SerializeToUtf8Bytes(new Act(act, n, text), FleetJson.Options),
            MaxAttempts = attempts,
            Queue = queue,
            Priority = priority,
            Options = timeout is null ? RunOptions.None : new RunOptions { Timeout = timeout },
        };

    public async Task<Run> RunAsync(RunId id) => (await Reader.GetAsync(id))!.Run;

    /// <summary>Waits until a run is in a state.</summary>
    public async Task<Run> RunAsync(RunId id, RunState state)
    {
        await Until.TrueAsync($"run {id} is {state}", async () => (await RunAsync(id)).State == state);
        return await RunAsync(id);
    }

    /// <summary>A run's timeline; fails where it has a gap.</summary>
    public async Task<IReadOnlyList<RunEvent>> TimelineAsync(RunId id)
    {
        var timeline = (await Reader.EventsAsync(id, 0))!;
        Assert.False(timeline.Gap);
        Assert.Equal(Enumerable.Range(1, timeline.Events.Count).Select(seq => (long)seq), timeline.Events.Select(e => e.Seq));
        return timeline.Events;
    }

    /// <summary>The words of a run's timeline.</summary>
    public async Task<string> StoryAsync(RunId id) => string.Join(' ', (await TimelineAsync(id)).Select(e => e.Type.Name()));

    /// <summary>How many entries of a line are in flight.</summary>
    public async Task<long> PendingAsync(string queue = "default", Priority priority = Priority.Normal) =>
        (await Redis.Database.StreamPendingAsync(Keys.Partitions[0].Stream(queue, priority), "fleet")).PendingMessageCount;

    /// <summary>Formats whatever is logged, because a message that cannot be formatted does its harm there.</summary>
    private sealed class ListeningLoggers : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = formatter(state, exception) + exception?.ToString();
            if (Environment.GetEnvironmentVariable("FLEET_TEST_LOG") is { Length: > 0 } && logLevel >= LogLevel.Warning) Console.WriteLine(line);
        }

        public void Dispose()
        {
        }
    }
}

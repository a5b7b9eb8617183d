using System.Text;
using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Fleet.Hangfire.Storage;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Hangfire.Tests;

/// <summary>A process that keeps the picture, and drives the runs that are in it.</summary>
internal sealed class FleetWithPicture : IAsyncDisposable
{
    private readonly IHost _host;

    private FleetWithPicture(IHost host, string prefix)
    {
        _host = host;
        Prefix = prefix;
        Driver = new FleetDriver(host.Services);
    }

    public string Prefix { get; }

    public HangfireKeys Keys => Get<HangfireKeys>();

    public FleetDriver Driver { get; }

    public RunStore Runs => Get<RunStore>();

    public RunReader Reader => Get<RunReader>();

    public WorkQueue Queue => Get<WorkQueue>();

    public ScheduleStore Schedules => Get<ScheduleStore>();

    public WorkerRegistry Workers => Get<WorkerRegistry>();

    public StatsReader Stats => Get<StatsReader>();

    public IDatabase Redis => Get<PictureConnection>().Database;

    public Projector Projector => Get<Projector>();

    public PictureStore Store => Get<PictureStore>();

    public DashboardReader Dashboard => new(Redis, Keys.Prefix);

    public DashboardButtons Buttons => new(Redis, Keys.Prefix);

    public FleetKeys FleetKeys => Get<FleetKeys>();

    public IDatabase FleetRedis => Get<RedisConnection>().Database;

    /// <summary>Starts a process.</summary>
    /// <param name="server">Fleet's Redis.</param>
    /// <param name="settings">More of its configuration.</param>
    /// <param name="prepare">What to do before it runs.</param>
    public static async Task<FleetWithPicture> StartAsync(
        RedisServer server, Dictionary<string, string?>? settings = null, Action<FleetWithPicture>? prepare = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Fleet:Redis"] = server.Address,
            ["Fleet:Prefix"] = RedisServer.NewPrefix(),
            ["Fleet:Hangfire:Enabled"] = "true",
            ["Fleet:Hangfire:Interval"] = "00:00:00.05",
            ["Fleet:Hangfire:Lease"] = "00:00:02",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddFleetEngine(builder.Configuration).AddFleetSweep().AddFleetHangfire(builder.Configuration);
        // As a process that died: the others go on.
        builder.Services.Configure<HostOptions>(options => options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore);
        var host = builder.Build();
        var fleet = new FleetWithPicture(host, builder.Configuration["Fleet:Prefix"]!);
        prepare?.Invoke(fleet);
        await host.StartAsync();
        // Another Redis is connected to when it is first needed.
        await fleet.Get<PictureConnection>().OpenAsync(CancellationToken.None);
        return fleet;
    }

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Has a run taken.</summary>
    public async Task<RunId> EnqueueAsync(
        string job = "text.stats", string input = """{"path":"a.txt"}""", string queue = "default", TimeSpan delay = default, int attempts = 3, RunOptions? options = null) =>
        (await Runs.EnqueueAsync(new RunSpec
        {
            Job = job,
            Input = Encoding.UTF8.GetBytes(input),
            Queue = queue,
            Delay = delay,
            MaxAttempts = attempts,
            Options = options ?? RunOptions.None,
        })).Id;

    /// <summary>Takes the run that waits in a queue, and starts it.</summary>
    public async Task<TakenRun> StartOneAsync(string queue = "default", string worker = "driver")
    {
        foreach (var partition in FleetKeys.Partitions)
        {
            if (await Queue.TakeAsync([new WaitingLine(partition, queue, Priority.Normal)], worker, 1) is [var run])
            {
                await Queue.StartAsync(worker, [(run, TimeProvider.System.GetTimestamp())]);
                return run;
            }
        }

        throw new InvalidOperationException($"No run waits in {queue}.");
    }

    /// <summary>Ends an attempt.</summary>
    public async Task EndAsync(TakenRun run, AttemptOutcome outcome, string payload = "", TimeSpan delay = default, string worker = "driver") =>
        Assert.True((await Queue.FinishAsync(worker,
            [new AttemptReport { Run = run, Outcome = outcome, Payload = Encoding.UTF8.GetBytes(payload), Delay = delay, StartedAt = TimeProvider.System.GetTimestamp() }]))[0]);

    /// <summary>A run and what its record says.</summary>
    public async Task<RunRecord> RecordAsync(RunId id) => (await Reader.GetAsync(id))!;

    /// <summary>Waits until the picture shows a run in a state.</summary>
    public Task ShowsAsync(RunId id, string state) =>
        Eventually.IsTrueAsync(async () => await Redis.HashGetAsync(Keys.State(id.ToString()), "State") == state
            && await Redis.HashExistsAsync(Keys.State(id.ToString()), "Seq"), $"the picture shows {id} as {state}");

    /// <summary>Waits until the picture has nothing of a run.</summary>
    public Task HidesAsync(RunId id) =>
        Eventually.IsTrueAsync(async () => !await Redis.KeyExistsAsync(Keys.Job(id.ToString())), $"the picture has nothing of {id}");

    /// <summary>Waits until the picture is as the feeds tell until now, and two more rounds have been made.</summary>
    public async Task SettleAsync()
    {
        foreach (var partition in FleetKeys.Partitions)
        {
            var last = await FleetRedis.StreamRangeAsync(partition.Events, "-", "+", 1, Order.Descending);
            if (last.Length == 0) continue;
            await Eventually.IsTrueAsync(async () => string.CompareOrdinal(await Redis.HashGetAsync(Keys.Progress, $"position:{partition.Index}"), last[0].Id) >= 0,
                "the feed is shown");
        }

        for (var i = 0; i < 2; i++)
        {
            var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var before = Projector.Settled;
            Projector.Settled = () =>
            {
                before?.Invoke();
                settled.TrySetResult();
            };
            await settled.Task.WaitAsync(Eventually.Patience);
            Projector.Settled = before;
        }
    }

    /// <summary>Ends the process in good order.</summary>
    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }
}

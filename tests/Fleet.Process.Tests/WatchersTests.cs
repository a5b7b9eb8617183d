using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Process.Tests;

/// <summary>
/// What watchers of runs saw, against the runs' timelines, while notifiers are killed, told to stop and started again, and Redis is
/// restarted. FLEET_TEST_SEED repeats a sequence.
/// </summary>
public sealed class WatchersTests : IAsyncLifetime
{
    private const int Watchers = 200;
    private const int Runs = 40;
    private const int Steps = 400;

    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private readonly string _prefix = RedisServer.NewPrefix();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task TwoHundredWatchers_OfThreeReplicasThatFail_EachSeesItsTimelineWhole()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FLEET_TEST_SEED"), out var given) ? given : Random.Shared.Next();
        try
        {
            await RunAsync(new Random(seed));
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"It failed with FLEET_TEST_SEED={seed}.", e);
        }
    }

    private async Task RunAsync(Random dice)
    {
        await using var replicas = new NotifierProcesses(_redis, _prefix);
        for (var i = 0; i < 3; i++) replicas.Add();
        await replicas.ReadyAsync();
        using var host = await StartDriverAsync();
        var driver = new FleetDriver(host.Services);
        var ids = await driver.EnqueueManyAsync(Runs);
        var watchers = Enumerable.Range(0, Watchers).Select(_ => new ResumingWatcher(replicas.Hubs, ids[dice.Next(Runs)], dice.Next())).ToList();
        try
        {
            await StormAsync(dice, driver, replicas, host.Services.GetRequiredService<RedisConnection>());
            for (var i = 0; i < replicas.Count; i++)
            {
                if (!replicas.IsUp(i)) replicas.Start(i);
            }

            await replicas.ReadyAsync();
            await CompareAsync(watchers, host.Services.GetRequiredService<RunReader>());
        }
        finally
        {
            foreach (var watcher in watchers) await watcher.DisposeAsync();
            await host.StopAsync();
        }
    }

    private async Task StormAsync(Random dice, FleetDriver driver, NotifierProcesses replicas, RedisConnection redis)
    {
        var running = new List<TakenRun>();
        var lines = 0;
        for (var step = 0; step < Steps; step++)
        {
            var replica = dice.Next(replicas.Count);
            switch (dice.Next(100))
            {
                // A replica is killed, told to stop, or started again.
                case < 4 when replicas.IsUp(replica):
                    await replicas.EndAsync(replica, dice.Next(2) == 0 ? "KILL" : "TERM");
                    break;
                case < 8 when !replicas.IsUp(replica):
                    replicas.Start(replica);
                    break;
                case 8:
                    await _redis.KillAsync();
                    await _redis.RestartAsync();
                    await Eventually.AnswersAsync(redis);
                    break;
                case < 30:
                    running.AddRange(await driver.TakeAsync(1));
                    break;
                case < 90 when running.Count > 0:
                    await driver.LogAsync(running[dice.Next(running.Count)], ++lines, dice.Next(1, 40));
                    break;
                case >= 90 when running.Count > 0:
                    var ended = running[dice.Next(running.Count)];
                    running.Remove(ended);
                    var succeeds = dice.Next(2) == 0;
                    await driver.FinishAsync([ended], succeeds ? AttemptOutcome.Succeeded : AttemptOutcome.Failed);
                    if (!succeeds) await driver.RetryAsync(ended.Id);
                    break;
            }
        }

        await driver.FinishAsync(running);
    }

    private static async Task CompareAsync(List<ResumingWatcher> watchers, RunReader reader)
    {
        foreach (var run in watchers.GroupBy(watcher => watcher.Run))
        {
            var timeline = (await reader.EventsAsync(run.Key, 0))!.Events;
            foreach (var watcher in run)
            {
                await Until.TrueAsync(() => watcher.Seen.Count >= timeline.Count, $"a watcher of {run.Key} has seen all {timeline.Count} events, not just {watcher.Seen.Count}",
                    TimeSpan.FromSeconds(60));
                Assert.Equal(timeline.Select(Told), watcher.Seen.Select(Told));
                Assert.Equal(0, watcher.Gaps);
            }
        }

        // The replicas were not left in peace.
        Assert.True(watchers.Sum(watcher => watcher.Connections) > Watchers);

        static string Told(RunEvent news) => JsonSerializer.Serialize(news, FleetJson.Options);
    }

    private async Task<IHost> StartDriverAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Fleet:Redis"] = _redis.Address, ["Fleet:Prefix"] = _prefix });
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        builder.Services.AddFleetEngine(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}

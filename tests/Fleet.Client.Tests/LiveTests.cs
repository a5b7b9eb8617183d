using System.Text.Json;
using Fleet.RealFleet;
using Fleet.Testing;

namespace Fleet.Client.Tests;

/// <summary>Watches of the real notifier, whose connections are cut and whose Redis ends: nothing is missed, and nothing is shown twice.</summary>
public sealed class LiveTests : IClassFixture<RunningFleet>, IAsyncLifetime, IDisposable
{
    private readonly RunningFleet _fleet;
    private readonly CuttableProxy _way;
    private readonly FleetClient _client;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(90));

    public LiveTests(RunningFleet fleet)
    {
        _fleet = fleet;
        _way = new CuttableProxy(fleet.Address.Authority);
        // Only what is live goes the way that is cut.
        _client = Client(fleet.Address, new Uri($"http://{_way.Address}"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _way.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _timeout.Dispose();
    }

    [Fact]
    public async Task WatchRun_ConnectionCutMeanwhile_MissesAndRepeatsNothing()
    {
        var states = new StateLog(_client);
        var gate = NewName();
        var run = await SubmitAsync(_client, new Script("hello", ["before"], Gate: gate));
        var interruptions = new List<WatchInterruption>();
        var watching = _client.WatchRunAsync(run.Id, new RunWatchOptions { Interrupted = interruptions.Add }, _timeout.Token).ToListAsync(_timeout.Token);
        await states.ReachedAsync(ConnectionState.Live, _timeout.Token);
        await _fleet.Gates.ReachedAsync(gate);

        _way.Become(WireState.Cut);
        await states.ReachedAsync(ConnectionState.Offline, _timeout.Token);
        _fleet.Gates.Open(gate);
        await _client.WaitAsync(run.Id, cancellation: _timeout.Token);
        _way.Become(WireState.Whole);

        AssertWhole(await watching);
        Assert.NotEmpty(interruptions);
        Assert.Equal([ConnectionState.Connecting, ConnectionState.CatchingUp, ConnectionState.Live, ConnectionState.Offline, ConnectionState.CatchingUp],
            states.Seen.Take(5));
        Assert.Equal(ConnectionState.Offline, _client.ConnectionState);
    }

    [Fact]
    public async Task WatchRun_SilentConnection_CountsAsLost()
    {
        using var client = Client(_fleet.Address, new Uri($"http://{_way.Address}"), silenceLimit: TimeSpan.FromSeconds(2));
        var states = new StateLog(client);
        var gate = NewName();
        var run = await SubmitAsync(client, new Script("hello", Gate: gate));
        var errors = new List<Exception?>();
        var watching = client.WatchRunAsync(run.Id, new RunWatchOptions { Interrupted = Lost }, _timeout.Token).ToListAsync(_timeout.Token);
        await states.ReachedAsync(ConnectionState.Live, _timeout.Token);
        await _fleet.Gates.ReachedAsync(gate);

        _way.Become(WireState.Swallowing);
        _fleet.Gates.Open(gate);

        AssertWhole(await watching);
        Assert.Contains(errors, error => error is TimeoutException);

        void Lost(WatchInterruption interruption)
        {
            errors.Add(interruption.Error);
            _way.Become(WireState.Whole);
        }
    }

    [Fact]
    public async Task WatchRun_RedisRestarts_MissesAndRepeatsNothing()
    {
        await using var redis = new RestartableFleet();
        await redis.StartAsync();
        using var client = Client(redis.Fleet.Address, null);
        var states = new StateLog(client);
        var gate = NewName();
        var run = await SubmitAsync(client, new Script("hello", ["before"], Gate: gate));
        var watching = client.WatchRunAsync(run.Id, cancellation: _timeout.Token).ToListAsync(_timeout.Token);
        await states.ReachedAsync(ConnectionState.Live, _timeout.Token);
        await redis.Fleet.Gates.ReachedAsync(gate);

        await redis.Redis.KillAsync();
        await redis.Redis.RestartAsync();
        redis.Fleet.Gates.Open(gate);

        AssertWhole(await watching);
    }

    [Fact]
    public async Task WatchRun_BurstOfTenThousandLines_BringsEachOnceInOrder()
    {
        var gate = NewName();
        var lines = Enumerable.Range(1, 10_000).Select(i => $"{i}").ToArray();
        var run = await SubmitAsync(_client, new Script("a", lines, Gate: gate));
        _fleet.Gates.Open(gate);

        var events = await _client.WatchRunAsync(run.Id, cancellation: _timeout.Token).ToListAsync(_timeout.Token);

        AssertWhole(events);
        Assert.Equal(lines, events.Where(item => item.Type == EventType.Log).Select(item => item.Data!.Value.GetProperty("line").GetString()));
    }

    [Fact]
    public async Task WatchRun_TwiceAtATime_ShowsBothEverything()
    {
        var gate = NewName();
        var run = await SubmitAsync(_client, new Script("a", ["line"], Gate: gate));
        await _fleet.Gates.ReachedAsync(gate);
        var first = _client.WatchRunAsync(run.Id, cancellation: _timeout.Token).ToListAsync(_timeout.Token).AsTask();
        var later = _client.WatchRunAsync(run.Id, new RunWatchOptions { After = 2 }, _timeout.Token).ToListAsync(_timeout.Token);
        _fleet.Gates.Open(gate);

        var all = await first;
        AssertWhole(all);
        Assert.Equal(all.Skip(2).Select(item => item.Seq), (await later).Select(item => item.Seq));
    }

    [Fact]
    public async Task WatchRun_NobodyListens_GivesUpWhenTold()
    {
        var options = new FleetClientOptions { ReconnectDelay = TimeSpan.FromMilliseconds(1), GiveUpAfter = TimeSpan.FromMilliseconds(50) };
        using var client = new FleetClient(new Uri($"http://127.0.0.1:{RedisServer.FreePort()}"), options);

        await Assert.ThrowsAsync<HttpRequestException>(async () =>
            await client.WatchRunAsync(RunId.New(1, 0), cancellation: _timeout.Token).ToListAsync(_timeout.Token));
    }

    [Fact]
    public async Task WatchRun_CancelledOrLeft_EndsTheConnection()
    {
        var gate = NewName();
        var run = await SubmitAsync(_client, new Script("a", Gate: gate));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _client.WatchRunAsync(run.Id, cancellation: stop.Token)) await stop.CancelAsync();
        });
        Assert.Equal(ConnectionState.Offline, _client.ConnectionState);

        await foreach (var _ in _client.WatchRunAsync(run.Id, cancellation: _timeout.Token)) break;
        Assert.Equal(ConnectionState.Offline, _client.ConnectionState);
        _fleet.Gates.Open(gate);
    }

    [Fact]
    public async Task WatchFeed_ConnectionCutMeanwhile_ShowsTheEndOfEveryRunAndNoStateTwice()
    {
        var states = new StateLog(_client);
        var tag = NewName();
        var gate = NewName();
        var run = await SubmitAsync(_client, new Script("a", Gate: gate), tag);
        var told = new List<FeedItem>();
        var snapshots = 0;
        var watching = Task.Run(async () =>
        {
            await foreach (var update in _client.WatchFeedAsync(new FeedFilter { Tag = tag }, _timeout.Token))
            {
                if (update.IsSnapshot)
                {
                    snapshots++;
                    Assert.True(update.Counts!.ContainsKey("running"));
                }
                else
                {
                    told.AddRange(update.Runs);
                }

                if (update.Runs.Any(item => item.Id == run.Id && item.State.IsFinal())) break;
            }
        });
        await states.ReachedAsync(ConnectionState.Live, _timeout.Token);
        await _fleet.Gates.ReachedAsync(gate);

        _way.Become(WireState.Cut);
        await states.ReachedAsync(ConnectionState.Offline, _timeout.Token);
        _way.Become(WireState.Whole);
        await states.ReachedAsync(ConnectionState.Live, _timeout.Token);
        _fleet.Gates.Open(gate);
        await watching;

        Assert.True(snapshots >= 2);
        Assert.Equal(told.Select(item => (item.Id, item.Seq)).Distinct().Count(), told.Count);
    }

    [Fact]
    public async Task WatchWorkers_RunningFleet_BeginsWithThoseThatLive()
    {
        await foreach (var update in _client.WatchWorkersAsync(_timeout.Token))
        {
            Assert.Contains(ScriptedJob.Name, Assert.Single(update.Snapshot!).Jobs);
            break;
        }
    }

    private static FleetClient Client(Uri api, Uri? live, TimeSpan? silenceLimit = null) => new(api, new FleetClientOptions
    {
        LiveAddress = live,
        ReconnectDelay = TimeSpan.FromMilliseconds(20),
        MaxReconnectDelay = TimeSpan.FromMilliseconds(200),
        SilenceLimit = silenceLimit ?? TimeSpan.FromSeconds(45),
    });

    private static void AssertWhole(List<RunEvent> events)
    {
        Assert.Equal(Enumerable.Range(1, events.Count).Select(i => (long)i), events.Select(item => item.Seq));
        Assert.Equal(EventType.Succeeded, events[^1].Type);
    }

    private static string NewName() => $"n{Guid.NewGuid():N}"[..12];

    private async Task<Run> SubmitAsync(FleetClient client, Script script, params string[] tags) => (await client.SubmitAsync(
        new NewRun { Job = ScriptedJob.Name, Input = JsonSerializer.SerializeToElement(script, FleetJson.Options), Tags = tags },
        cancellation: _timeout.Token)).Run;
}

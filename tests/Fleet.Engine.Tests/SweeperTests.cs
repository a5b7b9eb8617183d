using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

public sealed class SweeperTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Due_runs_are_queued_the_earliest_first(int partitions)
    {
        var engine = await StartAsync(partitions, sweeps: true);
        var ids = await engine.EnqueueAsync(30, i => Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(400 - i * 10) });
        await Until.TrueAsync("all are queued", async () => await engine.CountsAsync() == "queued 30");
        foreach (var id in ids) Assert.Equal("scheduled0 queued0", await engine.TimelineAsync(id));
        foreach (var partition in engine.Keys.Partitions)
        {
            var taken = await engine.Queue.TakeAsync(Engine.Lines(partition, "default"), "w", 30);
            Assert.Equal(ids.Where(id => id.Partition == partition.Index).Reverse(), taken.Select(run => run.Id));
        }
    }

    [Fact]
    public async Task No_run_is_queued_before_its_time()
    {
        var engine = await StartAsync(sweeps: true);
        var ids = await engine.EnqueueAsync(20, i => Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(50 + i * 7) });
        await Until.TrueAsync("all are queued", async () => await engine.CountsAsync() == "queued 20");
        foreach (var id in ids)
        {
            var events = await engine.EventsAsync(id);
            Assert.True(events[1].At >= events[0].Data!.Value.GetProperty("dueAt").GetDateTimeOffset());
        }
    }

    [Fact]
    public async Task Something_earlier_wakes_the_sweep_and_something_later_does_not()
    {
        var engine = await StartAsync(sweeps: true);
        var heard = new List<string>();
        var told = new SemaphoreSlim(0);
        await engine.Connection.Subscriber.SubscribeAsync(RedisChannel.Sharded(engine.Keys.Partitions[0].Sweep), (_, message) =>
        {
            heard.Add(message!);
            told.Release();
        });
        var hour = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        // Handlers of one channel may run side by side.
        await told.WaitAsync().Soon();
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(2) });
        var soon = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(0.3) });
        var due = (await engine.EventsAsync(soon))[0].Data!.Value.GetProperty("dueAt").GetDateTimeOffset();
        await told.WaitAsync().Soon();
        await Until.TrueAsync("the earlier run is queued", async () => await engine.StateAsync(soon) == RunState.Queued);
        Assert.Equal(RunState.Scheduled, await engine.StateAsync(hour));
        Assert.Equal([Milliseconds((await engine.RunAsync(hour)).DueAt), Milliseconds(due)], heard);

        static string Milliseconds(DateTimeOffset? at) => $"{at!.Value.ToUnixTimeMilliseconds()}";
    }

    [Fact]
    public async Task A_retry_that_is_due_first_wakes_the_sweep_too()
    {
        var engine = await StartAsync(sweeps: true);
        var run = await engine.TakeNewAsync();
        await engine.FinishAsync(run, Work.AttemptOutcome.Retry, delay: TimeSpan.FromMilliseconds(50));
        await Until.TrueAsync("the retry is queued", async () => await engine.StateAsync(run.Id) == RunState.Queued);
    }

    [Fact]
    public async Task What_one_sweep_cannot_read_does_not_end_the_sweeps()
    {
        var before = await StartAsync();
        var partition = before.Keys.Partitions[0];
        await before.Redis.SetAddAsync(partition.Retained, partition.Kept(TimeSpan.FromDays(1)).Append("x").ToString());
        var engine = await StartAsync(prefix: before.Prefix, sweeps: true);
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(1) });
        await Until.TrueAsync("the run is queued", async () => await engine.StateAsync(id) == RunState.Queued);
    }

    [Fact]
    public async Task One_of_several_sweepers_holds_the_lock_and_another_follows_when_it_stops()
    {
        var first = await Engine.StartAsync(Server, sweeps: true);
        var partition = first.Keys.Partitions[0];
        RedisValue holder = default;
        // Before the second one starts, which might be sooner.
        await Until.TrueAsync("the first one sweeps", async () => !(holder = await first.Redis.StringGetAsync(partition.SweepLock)).IsNull);
        var second = await StartAsync(prefix: first.Prefix, sweeps: true);
        var third = await StartAsync(prefix: first.Prefix, sweeps: true);
        Assert.Equal(holder, await second.Redis.StringGetAsync(partition.SweepLock));
        await first.DisposeAsync();
        var id = await third.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(20) });
        await Until.TrueAsync("another sweeps on", async () => await third.StateAsync(id) == RunState.Queued);
        Assert.NotEqual(holder, await second.Redis.StringGetAsync(partition.SweepLock));
    }

    /// <summary>Sweepers that wait for a lock which somebody has for so long.</summary>
    private async Task<(Engine Engine, PartitionKeys Partition)> StartWaitingAsync(TimeSpan held, int sweepers)
    {
        var engine = await StartAsync();
        var partition = engine.Keys.Partitions[0];
        await engine.Redis.StringSetAsync(partition.SweepLock, "somebody", held);
        for (var i = 0; i < sweepers; i++) await StartAsync(prefix: engine.Prefix, sweeps: true);
        await Until.TrueAsync("they wait", async () => await ShardedChannel.ListenersAsync(engine.Redis, partition.Sweep) == sweepers);
        return (engine, partition);
    }

    [Fact]
    public async Task Whoever_stops_sweeping_wakes_those_who_wait_for_the_lock()
    {
        var (engine, partition) = await StartWaitingAsync(TimeSpan.FromHours(1), sweepers: 1);
        await engine.Redis.KeyDeleteAsync(partition.SweepLock);
        var sweeping = await Engine.StartAsync(Server, prefix: engine.Prefix, sweeps: true);
        await Until.TrueAsync("another sweeps", async () => await engine.Redis.KeyExistsAsync(partition.SweepLock));

        await sweeping.DisposeAsync();

        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(20) });
        await Until.TrueAsync("the one that waited sweeps", async () => await engine.StateAsync(id) == RunState.Queued);
    }

    [Fact]
    public async Task Who_asks_for_the_lock_in_vain_learns_for_how_long_and_how_many_others_will_ask()
    {
        var (engine, partition) = await StartWaitingAsync(TimeSpan.FromMinutes(1), sweepers: 2);

        var inVain = await AskAsync("me");
        var again = await AskAsync("somebody");

        Assert.InRange(inVain[0], 1, 60_000);
        Assert.Equal(2, inVain[1]);
        Assert.Equal([0, 2], again);

        async Task<long[]> AskAsync(string holder) =>
            (long[])(await Scripts.Hold.Call(0, [partition.SweepLock, partition.Sweep], [holder, 60_000]).EvaluateAsync(engine.Redis))!;
    }

    [Fact]
    public async Task A_lock_that_would_never_lapse_is_taken()
    {
        var engine = await StartAsync();
        await engine.Redis.StringSetAsync(engine.Keys.Partitions[0].SweepLock, "somebody");
        await StartAsync(prefix: engine.Prefix, sweeps: true);
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(20) });
        await Until.TrueAsync("the run is queued", async () => await engine.StateAsync(id) == RunState.Queued);
    }

    [Fact]
    public async Task Sweepers_that_promote_at_the_same_time_queue_each_run_once()
    {
        var engine = await StartAsync();
        var other = await StartAsync(prefix: engine.Prefix);
        var ids = await engine.EnqueueAsync(1000, _ => Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(100) });
        await Task.WhenAll(engine.PromoteAllButAsync(), other.PromoteAllButAsync(), engine.PromoteAllButAsync()).Soon();
        Assert.Equal("queued 1000", await engine.CountsAsync());
        foreach (var id in ids) Assert.Equal("scheduled0 queued0", await engine.TimelineAsync(id));
    }

    [Fact]
    public async Task Lapsed_leases_are_found_by_the_sweep_itself()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromMilliseconds(300), sweeps: true);
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        await Until.TrueAsync("the run is back in its queue", async () => await engine.StateAsync(run.Id) == RunState.Queued);
        Assert.Equal("queued0 started1 recovered1 queued1", await engine.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task A_renewed_lease_does_not_lapse()
    {
        // Longer than a busy machine stalls between a renewal and the sweep that follows it.
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromSeconds(3));
        var (kept, lost) = (await engine.TakeNewAsync(), await engine.TakeNewAsync());
        await Until.TrueAsync("the other's lease lapses", async () =>
        {
            Assert.Empty(await engine.Queue.RenewAsync("w1", [kept]));
            await engine.Sweep.RecoverAsync(engine.Keys.Partitions[0]);
            return (await engine.RunAsync(lost.Id)).Seq > 1;
        });
        Assert.True(await engine.FinishAsync(kept));
    }

    [Fact]
    public async Task A_worker_that_is_not_seen_any_more_is_forgotten_also_where_there_is_no_queue()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromMilliseconds(100));
        var workers = engine.Get<WorkerRegistry>();
        await workers.AnnounceAsync(new WorkerInfo { Id = "w1", Host = "h", Version = "1" });
        Assert.Single(await workers.ListAsync());
        await Until.TrueAsync("the worker is forgotten", async () =>
        {
            await engine.Sweep.RecoverAsync(engine.Keys.Partitions[0]);
            return (await workers.ListAsync()).Count == 0;
        });
        Assert.Empty(await engine.KeysLikeAsync("*seen*"));
    }
}

using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Workers.Tests;

/// <summary>Redis refuses, forgets, or answers into nowhere.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task A_run_whose_end_Redis_refuses_for_good_holds_up_no_other_and_is_counted()
    {
        await using var worker = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:00:01"));
        using var unrecorded = new MetricCount("fleet.worker.unrecorded");
        var ids = await worker.EnqueueManyAsync(20, _ => Worker.Spec("log-and-wait", 1));
        foreach (var id in ids) await worker.RunAsync(id, RunState.Running);
        var key = worker.Keys.Partitions[0].Run(ids[7]);
        await worker.Redis.Database.StringSetAsync(key, "not a run");

        foreach (var id in ids) _stage.Open(id);

        foreach (var id in ids.Where(id => id != ids[7])) await worker.RunAsync(id, RunState.Succeeded);
        await Until.TrueAsync("the refusal is counted", () => unrecorded.Count == 1);
        // Its lease lapses as any other.
        await Until.TrueAsync("nobody holds it", async () => await worker.PendingAsync() == 0);
        Assert.All(ids, id => Assert.Equal(1, _stage.Executions[id]));
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_costs_no_other_run_its_lease_or_its_log()
    {
        await using var worker = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:00:01"));
        var broken = await worker.EnqueueAsync("log-forever");
        await worker.RunAsync(broken, RunState.Running);
        var kept = await worker.EnqueueManyAsync(4, i => Worker.Spec("wait", queue: $"q{i}"));
        var telling = await worker.EnqueueAsync("log", 2000);
        foreach (var id in kept) await worker.RunAsync(id, RunState.Running);

        await worker.Redis.Database.StringSetAsync(worker.Keys.Partitions[0].Run(broken), "not a run");

        await worker.RunAsync(telling, RunState.Succeeded);
        var from = TimeProvider.System.GetTimestamp();
        await Until.TrueAsync("three leases have passed", () => TimeProvider.System.GetElapsedTime(from) > TimeSpan.FromSeconds(3));
        foreach (var id in kept) _stage.Open(id);
        foreach (var id in kept)
        {
            await worker.RunAsync(id, RunState.Succeeded);
            Assert.Equal("queued started succeeded", await worker.StoryAsync(id));
        }
    }

    [Fact]
    public async Task A_run_that_was_handed_over_in_an_answer_that_got_lost_is_started_all_the_same()
    {
        // With a lease this long, nothing else brings it back.
        await using var worker = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:10:00"));
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
        var line = new WaitingLine(worker.Keys.Partitions[0], "default", Priority.Normal);
        var queue = worker.Services.GetRequiredService<WorkQueue>();

        IReadOnlyList<TakenRun> lost = [];
        while (lost.Count == 0)
        {
            // The worker's wait is cut off, and what Redis then gives in its name it does not hear of.
            await EndWaitsAsync(worker);
            await worker.EnqueueAsync("ok");
            lost = await queue.TakeAsync([line], worker.Name, 1);
        }

        await worker.RunAsync(lost[0].Id, RunState.Succeeded);
        Assert.Equal("queued started succeeded", await worker.StoryAsync(lost[0].Id));
        Assert.Equal(1, _stage.Executions[lost[0].Id]);
    }

    [Fact]
    public async Task After_all_data_is_lost_the_worker_and_its_jobs_and_queues_are_announced_again()
    {
        await using var worker = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:00:01"), ("Worker:Queues", "default,mail"));
        await worker.Redis.Database.ExecuteAsync("FLUSHALL");

        await Until.TrueAsync("its jobs are known", async () => await JobsAsync(worker) == "scripted");
        await Until.TrueAsync("it is known", async () =>
            (await worker.Services.GetRequiredService<WorkerRegistry>().ListAsync()).Select(info => info.Id).SequenceEqual([worker.Name]));
        await Until.TrueAsync("its queues are known", async () =>
            (await worker.Services.GetRequiredService<QueueRegistry>().ListAsync()).SequenceEqual(["default", "mail"]));
        await worker.RunAsync(await worker.EnqueueAsync("ok", queue: "mail"), RunState.Succeeded);
    }

    [Fact]
    public async Task In_a_Redis_that_is_full_running_runs_end_workers_start_and_lines_that_were_dropped_are_counted()
    {
        await using var worker = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:00:01"), ("Worker:Queues", "default"));
        var running = await worker.EnqueueManyAsync(5, _ => Worker.Spec("wait"));
        foreach (var id in running) await worker.RunAsync(id, RunState.Running);
        var cancelled = await worker.EnqueueAsync("hang");
        await worker.RunAsync(cancelled, RunState.Running);
        var waiting = await worker.EnqueueManyAsync(30, _ => Worker.Spec("ok", queue: "later"));
        var telling = await worker.EnqueueAsync(Worker.Spec("log-wait-log", 30) with { Delay = TimeSpan.FromSeconds(0.5) });
        await worker.Redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        Assert.True(RedisFailure.IsFull(await Assert.ThrowsAsync<RedisServerException>(() => worker.EnqueueAsync("ok"))));

        // What is due, what waits and what runs goes on, and a worker that starts only now helps.
        await worker.RunAsync(telling, RunState.Running);
        await using var late = await Worker.StartAsync(_redis, _stage, _prefix, null, ("Lease", "00:00:01"), ("Worker:Queues", "later,another"));
        foreach (var id in running) _stage.Open(id);
        await worker.Runs.CancelAsync([cancelled]);
        foreach (var id in running.Concat(waiting)) await worker.RunAsync(id, RunState.Succeeded);
        await worker.RunAsync(cancelled, RunState.Cancelled);
        await Until.TrueAsync("the fleet still knows its workers, a lease later", async () =>
            (await worker.Services.GetRequiredService<WorkerRegistry>().ListAsync()).Count(info => info.LastSeenAt - info.StartedAt > TimeSpan.FromSeconds(2)) == 2);

        await worker.Redis.Database.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        _stage.Open(telling);
        await worker.RunAsync(telling, RunState.Succeeded);
        var events = await worker.TimelineAsync(telling);
        Assert.Equal(["scheduled", "queued", "started", "log", "log", "succeeded"], events.Select(e => e.Type.Name()));
        Assert.Equal(30, events[3].Data!.Value.GetProperty("dropped").GetInt32());
        Assert.Equal("the last line", events[4].Data!.Value.GetProperty("line").GetString());
        await Until.TrueAsync("its queue is known", async () =>
            (await worker.Services.GetRequiredService<QueueRegistry>().ListAsync()).Contains("another"));
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
    }

    private static async Task<string> JobsAsync(Worker worker) =>
        string.Join(' ', (await worker.Redis.Database.HashKeysAsync(worker.Keys.Meta.Jobs)).Select(name => name.ToString()));

    private static async Task EndWaitsAsync(Worker worker)
    {
        var clients = (string)(await worker.Redis.Database.ExecuteAsync("CLIENT", "LIST"))!;
        foreach (var client in clients.Split('\n').Where(line => line.Contains("name=fleet-wait", StringComparison.Ordinal)))
            await worker.Redis.Database.ExecuteAsync("CLIENT", "KILL", "ID", client.Split(' ')[0]["id=".Length..]);
    }
}

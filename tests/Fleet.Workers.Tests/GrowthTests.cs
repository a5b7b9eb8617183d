using Fleet.Engine.Live;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Workers.Tests;

/// <summary>Nothing in Redis grows with time alone.</summary>
public sealed class GrowthTests : IAsyncLifetime
{
    private const int Cycles = 3;
    private const int FeedBatches = 16;

    /// <summary>Redis drops whole nodes of a stream, of a hundred entries each.</summary>
    private const int Node = 100;

    /// <summary>What lives by the clock and not by what happens: minutes and keys of requests for a day, marks and locks for seconds.</summary>
    private static readonly string[] Lapsing = ["stats:", "idem:", "sweeping", "replicated"];

    /// <summary>Every key with how much is in it, how many consumers its groups have, and in how many ms it lapses.</summary>
    private const string Count = """
        local sizes = { hash = 'HLEN', set = 'SCARD', zset = 'ZCARD', string = 'STRLEN', stream = 'XLEN', list = 'LLEN' }
        local found = {}
        for _, key in ipairs(redis.call('KEYS', '*')) do
            local kind = redis.call('TYPE', key).ok
            local consumers = 0
            if kind == 'stream' then
                for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do consumers = consumers + group[4] end
            end
            found[#found + 1] = { key, redis.call(sizes[kind], key), consumers, redis.call('PTTL', key) }
        end
        return found
        """;

    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();
    private Worker _sweeper = null!;

    public async Task InitializeAsync()
    {
        await _redis.InitializeAsync();
        _sweeper = await StartAsync("sweeper", "nothing");
    }

    public async Task DisposeAsync()
    {
        await _sweeper.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task After_twice_as_much_of_everything_there_is_no_more_of_anything()
    {
        for (var cycle = 0; cycle < Cycles; cycle++) await LiveAsync(cycle);
        var once = await CensusAsync();
        for (var cycle = 0; cycle < Cycles; cycle++) await LiveAsync(Cycles + cycle);
        var twice = await CensusAsync();

        Assert.Equal(once, twice);
        // Workers, queues, jobs and settings are all that stays of a fleet in which nothing happens.
        Assert.InRange(once.Count, 5, 30);
    }

    /// <summary>Everything that can happen to runs, with workers that come, go and are lost.</summary>
    private async Task LiveAsync(int cycle)
    {
        await using var worker = await StartAsync($"worker-{cycle}", "default,lost,odd");
        var queue = worker.Services.GetRequiredService<WorkQueue>();
        var partition = worker.Keys.Partitions[0];
        var ids = new List<RunId>();
        ids.AddRange(await worker.EnqueueManyAsync(20, i => Worker.Spec("ok", priority: (Priority)(i % 4), queue: i % 5 == 0 ? "odd" : "default")));
        ids.AddRange(await worker.EnqueueManyAsync(3, _ => Worker.Spec("fail", attempts: 2)));
        ids.AddRange(await worker.EnqueueManyAsync(3, _ => Worker.Spec("snooze", 1)));
        ids.AddRange(await worker.EnqueueManyAsync(3, _ => Worker.Spec("log", 300)));
        ids.AddRange(await worker.EnqueueManyAsync(3, _ => Worker.Spec("tell") with { Delay = TimeSpan.FromSeconds(0.1) }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok") with { Options = new RunOptions { Keep = RunOptions.KeepFor(TimeSpan.FromSeconds(cycle + 1), TimeSpan.Zero) } }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok") with { Unique = new UniqueRule { Key = $"active {cycle}" } }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok") with { Unique = new UniqueRule { Key = $"for {cycle}", For = TimeSpan.FromSeconds(1) } }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok") with { IdempotencyKey = $"key {cycle}", Fingerprint = "f" }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok") with { Options = new RunOptions { ExpiresAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1) } }));
        ids.Add(await worker.EnqueueAsync(Worker.Spec("ok", queue: "nobody's") with { Options = new RunOptions { ExpiresAt = DateTimeOffset.UnixEpoch } }));

        // Cancelled while it waits, while it will be due, and while it runs.
        var running = await worker.EnqueueAsync("hang");
        await worker.RunAsync(running, RunState.Running);
        ids.AddRange([running, await worker.EnqueueAsync("ok", queue: "nobody's"), await worker.EnqueueAsync(Worker.Spec("ok") with { Delay = TimeSpan.FromHours(1) })]);
        await worker.Runs.CancelAsync(ids.TakeLast(3).ToList());

        // Watched, and retried.
        await using (var watch = await worker.Services.GetRequiredService<RunWatcher>().WatchAsync(ids[0], 0))
        using (worker.Services.GetRequiredService<FeedListener>().Watch(new FeedFilter()))
        {
            await FinalAsync(worker, ids);
            await worker.Runs.RetryAsync([ids[0]]);
        }

        // A worker that is lost with its run.
        var lost = await worker.EnqueueAsync("ok", queue: "lost-with");
        Assert.Single(await queue.TakeAsync([new WaitingLine(partition, "lost-with", Priority.Normal)], $"lost-{cycle}", 1));
        ids.Add(lost);
        await Until.TrueAsync("its run is back", async () => (await worker.RunAsync(lost)).Seq > 1);
        await worker.Runs.CancelAsync([lost]);

        // A schedule that ticks and is deleted.
        var schedules = worker.Services.GetRequiredService<ScheduleStore>();
        var schedule = $"schedule-{cycle}";
        await schedules.PutAsync(schedule, new ScheduleRule { Every = TimeSpan.FromSeconds(1) }, Worker.Spec("ok"), paused: null);
        await Until.TrueAsync("it has ticked", async () => (await schedules.GetAsync(schedule))!.Runs.Count > 0);
        ids.AddRange((await schedules.GetAsync(schedule))!.Runs);
        Assert.True(await schedules.DeleteAsync(schedule));

        await FinalAsync(worker, ids);
        await worker.Runs.DeleteAsync([ids[1]]);
    }

    private static async Task FinalAsync(Worker worker, List<RunId> ids) => await Until.TrueAsync("all are final", async () =>
        (await Task.WhenAll(ids.Select(async id => await worker.Reader.GetAsync(id)))).All(record => record is null || record.Run.State.IsFinal()));

    /// <summary>Waits until everything is forgotten that is to be; returns how much there is of each key that is left.</summary>
    private async Task<SortedDictionary<string, string>> CensusAsync()
    {
        var census = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await Until.TrueAsync("all runs and all workers but one are forgotten", async () =>
        {
            census = await CountAsync();
            // A retention stream goes when the last of its runs has gone.
            return !census.Keys.Any(key => key.StartsWith("run:", StringComparison.Ordinal) || key.StartsWith("kept:", StringComparison.Ordinal))
                && !census.Values.Any(count => count.Contains("consumers", StringComparison.Ordinal))
                && census["workers"] == "1";
        }, TimeSpan.FromSeconds(90));
        return census;
    }

    private async Task<SortedDictionary<string, string>> CountAsync()
    {
        var census = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var found in (RedisResult[])(await _sweeper.Redis.Database.ScriptEvaluateAsync(Count))!)
        {
            var (key, count, consumers, lapses) = ((string)found[0]!, (long)found[1], (long)found[2], TimeSpan.FromMilliseconds((long)found[3]));
            var name = key[(key.IndexOf('}', StringComparison.Ordinal) + 2)..];
            if (Array.Exists(Lapsing, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                Assert.True(lapses >= TimeSpan.Zero && lapses.TotalHours <= 25, $"{key} does not lapse within a day.");
            else if (name == "events")
                // How long it is within its cap is chance.
                Assert.InRange(count, 0, FeedBatches + Node);
            else
                census[name] = consumers > 0 ? $"{count} and {consumers} consumers" : $"{count}";
        }

        return census;
    }

    private Task<Worker> StartAsync(string name, string queues) => Worker.StartAsync(_redis, _stage, _prefix, null,
        ("Worker:Name", name), ("Worker:Queues", queues), ("Lease", "00:00:01"), ("Retention:Succeeded", "00:00:10"), ("Retention:Others", "00:00:10"),
        ("Limits:LogEvents", 100), ("Limits:FeedBatches", FeedBatches));
}

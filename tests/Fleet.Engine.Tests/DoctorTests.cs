using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Doctor;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>What is wrong is found, and what is right is not.</summary>
public sealed class DoctorTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task A_fleet_with_a_worker_and_nothing_to_do_is_well()
    {
        var engine = await StartAsync(3);
        await AnnounceAsync(engine, "anna");
        await engine.EnqueueAsync(5);
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        await engine.TakeAsync(2);

        var diagnosis = await engine.Get<FleetDoctor>().ExamineAsync();

        // A Redis that shares a loaded machine may well answer late.
        Assert.DoesNotContain(diagnosis.Findings, finding => finding.Level >= FindingLevel.Warning && finding.Code is not ("redis-latency" or "clock-skew"));
        Assert.All(["redis-version", "redis-persistence", "redis-eviction", "redis-memory", "redis-latency", "clock-skew", "workers", "due-runs", "schedules", "leases", "orphans"], expected => Assert.Contains(expected, diagnosis.Findings.Select(finding => finding.Code)));
        Assert.Equal(diagnosis.Findings.OrderByDescending(finding => finding.Level), diagnosis.Findings);
        Assert.Equal(diagnosis.Findings.All(finding => finding.Level < FindingLevel.Warning), diagnosis.Healthy);
    }

    [Fact]
    public async Task Runs_that_wait_without_a_worker_are_a_problem_and_no_worker_alone_a_warning()
    {
        var engine = await StartAsync();
        Assert.Equal(FindingLevel.Warning, (await FindAsync(engine, "no-workers"))!.Level);

        await engine.EnqueueAsync(3);

        Assert.Contains("3 runs wait", (await FindAsync(engine, "no-workers"))!.Text, StringComparison.Ordinal);
        Assert.Equal(FindingLevel.Problem, (await FindAsync(engine, "no-workers"))!.Level);
    }

    [Fact]
    public async Task A_queue_that_nobody_serves_and_one_that_is_paused_are_told_apart()
    {
        var engine = await StartAsync();
        await AnnounceAsync(engine, "anna", queues: ["default"]);
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "mail" });
        Assert.Contains("'mail'", (await FindAsync(engine, "queue-without-worker"))!.Text, StringComparison.Ordinal);
        Assert.Null(await FindAsync(engine, "queue-paused"));

        await engine.Get<QueueRegistry>().PauseAsync("mail");

        Assert.Equal("./fleet queues resume mail", (await FindAsync(engine, "queue-paused"))!.Advice);
        Assert.Null(await FindAsync(engine, "queue-without-worker"));
    }

    [Fact]
    public async Task Workers_that_are_lost_drain_differ_or_lack_a_job_are_named()
    {
        var engine = await StartAsync();
        await AnnounceAsync(engine, "anna");
        await AnnounceAsync(engine, "bert", version: "2.0.0", startedAt: TimeProvider.System.GetUtcNow().AddHours(1));
        await AnnounceAsync(engine, "carl");
        await engine.Get<WorkerRegistry>().DrainAsync("carl");
        await engine.Get<JobCatalogue>().AnnounceAsync([new JobInfo { Name = "nobody.knows", Description = "", InputSchema = JsonElement.Parse("{}") }]);

        Assert.Contains("carl takes nothing more", (await FindAsync(engine, "worker-draining"))!.Text, StringComparison.Ordinal);
        Assert.Contains("2.0.0", (await FindAsync(engine, "worker-versions"))!.Text, StringComparison.Ordinal);
        Assert.Contains("nobody.knows", (await FindAsync(engine, "job-without-worker"))!.Text, StringComparison.Ordinal);
        Assert.Contains(await AllAsync(engine), finding => finding.Code == "clock-skew" && finding.Text.Contains("bert", StringComparison.Ordinal));

        var impatient = await StartAsync(prefix: engine.Prefix, bend: options => options.Lease = TimeSpan.FromTicks(1));
        Assert.Equal(3, (await AllAsync(impatient)).Count(finding => finding.Code == "worker-lost"));
    }

    [Fact]
    public async Task What_nobody_sweeps_is_found()
    {
        var engine = await StartAsync(3);
        var late = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        var partition = engine.Keys.Of(late)!;
        await engine.Redis.SortedSetAddAsync(partition.Due, late.ToString(), TimeProvider.System.GetUtcNow().AddMinutes(-3).ToUnixTimeMilliseconds());
        await engine.Redis.SortedSetAddAsync(partition.Ticks, "nightly", TimeProvider.System.GetUtcNow().AddMinutes(-3).ToUnixTimeMilliseconds());
        var held = await engine.TakeNewAsync();
        await engine.Redis.ExecuteAsync("XCLAIM", held.Line.Stream, "fleet", Engine.Worker, 0, held.Entry, "IDLE", 60_000);

        Assert.Contains("1 run should be in its queue by now", (await FindAsync(engine, "due-runs"))!.Text, StringComparison.Ordinal);
        Assert.Contains("3 min", (await FindAsync(engine, "schedules"))!.Text, StringComparison.Ordinal);
        Assert.Contains("1 run should have been taken", (await FindAsync(engine, "leases"))!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_that_are_in_no_line_are_orphans()
    {
        var engine = await StartAsync();
        var (queued, scheduled) = (await engine.EnqueueAsync(), await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) }));
        await engine.EnqueueAsync(3);
        Assert.Equal(FindingLevel.Fine, (await FindAsync(engine, "orphans"))!.Level);
        var partition = engine.Keys.Partitions[0];
        await engine.Redis.StreamDeleteAsync(partition.Stream("default", Priority.Normal), [(await engine.Reader.GetAsync(queued))!.Entry]);
        await engine.Redis.SortedSetRemoveAsync(partition.Due, scheduled.ToString());

        var finding = (await FindAsync(engine, "orphans"))!;

        Assert.Equal(FindingLevel.Problem, finding.Level);
        Assert.Contains("2 are in no line", finding.Text, StringComparison.Ordinal);
        Assert.Contains(queued.ToString(), finding.Text, StringComparison.Ordinal);
        Assert.Contains(scheduled.ToString(), finding.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Redis_that_keeps_little_or_is_almost_full_is_told_of()
    {
        var redis = RedisServer.OfItsOwn("--appendonly", "no", "--maxmemory", "20mb");
        await redis.InitializeAsync();
        try
        {
            await using var engine = await Engine.StartAsync(redis);
            Assert.Equal(FindingLevel.Warning, (await FindAsync(engine, "redis-persistence"))!.Level);
            Assert.Equal(FindingLevel.Fine, (await FindAsync(engine, "redis-memory"))!.Level);

            // In parts, because what is under way counts as well; each a little less than what Redis's allocator would round up to more.
            for (var i = 0; i < 15; i++) await engine.Redis.StringSetAsync($"filler{i}", new byte[1_000 * 1024]);

            Assert.InRange((await FindAsync(engine, "redis-memory"))!.Level, FindingLevel.Warning, FindingLevel.Problem);
            Assert.Contains("of 20.0 MiB", (await FindAsync(engine, "redis-memory"))!.Text, StringComparison.Ordinal);
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    [Fact]
    public async Task Replicas_that_runs_are_to_be_on_must_be_there()
    {
        var engine = await StartAsync(bend: options => options.Durability = "replicated:2");

        Assert.Contains("has 0 replicas, and Fleet:Durability asks for 2", (await FindAsync(engine, "redis-replicas"))!.Text, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<Finding>> AllAsync(Engine engine) => (await engine.Get<FleetDoctor>().ExamineAsync()).Findings;

    private static async Task<Finding?> FindAsync(Engine engine, string code) => (await AllAsync(engine)).FirstOrDefault(finding => finding.Code == code);

    private static Task<bool> AnnounceAsync(Engine engine, string id, string[]? queues = null, string version = "1.0.0", DateTimeOffset? startedAt = null) =>
        engine.Get<WorkerRegistry>().AnnounceAsync(new WorkerInfo
        {
            Id = id, Host = "here", Version = version, Queues = queues ?? ["*"], Jobs = ["echo"], Slots = 8, StartedAt = startedAt ?? DateTimeOffset.UnixEpoch,
        });
}

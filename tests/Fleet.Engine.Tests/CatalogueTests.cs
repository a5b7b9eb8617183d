using System.Text.Json;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

/// <summary>What all partitions share: queues, jobs, workers, and what was fixed at the first start.</summary>
public sealed class CatalogueTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task A_new_queue_is_known_and_told_once()
    {
        var engine = await StartAsync(3);
        var told = new List<string>();
        var heard = new SemaphoreSlim(0);
        await engine.Connection.Subscriber.SubscribeAsync(RedisChannel.Literal(engine.Keys.Meta.Changed), (_, message) =>
        {
            told.Add(message!);
            heard.Release();
        });
        var queues = engine.Get<QueueRegistry>();
        await queues.EnsureAsync("b");
        await queues.EnsureAsync("b");
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "a" });
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "b" });
        await queues.EnsureAsync("c");
        for (var i = 0; i < 3; i++) await heard.WaitAsync().Soon();
        Assert.Equal(["queue b", "queue a", "queue c"], told);
        Assert.Equal(["a", "b", "c"], await queues.ListAsync());
        Assert.Equal(3 * 3 * 4, (await engine.KeysLikeAsync("*:q:*")).Count);
    }

    [Fact]
    public async Task Announced_jobs_are_found_at_once_and_listed()
    {
        var engine = await StartAsync();
        var other = await StartAsync(prefix: engine.Prefix);
        var jobs = engine.Get<JobCatalogue>();
        Assert.Null(await jobs.FindAsync("text.stats"));
        Assert.Empty(await jobs.ListAsync());
        var job = new JobInfo
        {
            Name = "text.stats",
            Description = "Counts.",
            InputSchema = JsonElement.Parse("""{"type":"object"}"""),
            Defaults = new JobDefaults { Queue = "text", Priority = Priority.High, MaxAttempts = 2, Timeout = TimeSpan.FromMinutes(2) },
        };
        await other.Get<JobCatalogue>().AnnounceAsync([job]);
        await other.Get<JobCatalogue>().AnnounceAsync([]);
        var found = await jobs.FindAsync("text.stats");
        Assert.Equal(("Counts.", job.Defaults, "object"), (found?.Description, found?.Defaults, found?.InputSchema.GetProperty("type").GetString()));
        Assert.Equal(["text.stats"], (await jobs.ListAsync()).Keys);

        await other.Get<JobCatalogue>().AnnounceAsync([job with { Description = "Counts more." }]);
        await Until.TrueAsync("the news is known", async () => (await jobs.FindAsync("text.stats"))?.Description == "Counts more.");
    }

    [Fact]
    public async Task Workers_are_listed_by_name_with_when_they_were_seen_by_the_clock_of_Redis()
    {
        var engine = await StartAsync();
        var workers = engine.Get<WorkerRegistry>();
        var running = RunId.New(1, 0);
        await workers.AnnounceAsync(new WorkerInfo { Id = "b", Host = "h", Version = "1", Queues = ["*"], Jobs = ["echo"], Slots = 4, Running = [running] });
        await workers.AnnounceAsync(new WorkerInfo { Id = "a", Host = "h", Version = "1" });
        var listed = await workers.ListAsync();
        Assert.Equal(["a", "b"], listed.Select(worker => worker.Id));
        Assert.Equal((4, "*", "echo", running), (listed[1].Slots, listed[1].Queues[0], listed[1].Jobs[0], listed[1].Running[0]));
        var now = long.Parse(((string[])(await engine.Redis.ExecuteAsync("TIME"))!)[0], provider: null);
        Assert.All(listed, worker => Assert.InRange(worker.LastSeenAt.ToUnixTimeSeconds(), now - 20, now));

        await workers.RemoveAsync("b");
        await workers.ForgetAsync(TimeSpan.FromHours(1));
        Assert.Equal(["a"], (await workers.ListAsync()).Select(worker => worker.Id));
    }

    [Fact]
    public async Task Partitions_are_fixed_when_a_deployment_first_starts()
    {
        var engine = await StartAsync(3);
        await StartAsync(3, engine.Prefix);
        var refused = await Assert.ThrowsAsync<FleetException>(() => StartAsync(4, engine.Prefix));
        Assert.Contains("Fleet:Partitions is 4", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Set Fleet:Partitions to 3", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FleetException>(() => StartAsync(1, engine.Prefix));
        await StartAsync(4);
    }
}

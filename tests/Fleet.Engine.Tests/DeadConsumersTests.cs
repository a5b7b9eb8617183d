using Fleet.Engine.Sweeping;
using Fleet.Testing;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Tests;

public sealed class DeadConsumersTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task Consumers_that_hold_nothing_are_removed_and_those_that_do_are_not()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        var held = await engine.TakeNewAsync(worker: "holds");
        await engine.FinishAsync(await engine.TakeNewAsync(worker: "held"), worker: "held");
        Assert.Equal(["held", "holds"], await ConsumersAsync(engine));

        await RemoveAsync(engine);
        Assert.Equal(["holds"], await ConsumersAsync(engine));

        // Its run is still its own.
        Assert.True(await engine.FinishAsync(held, worker: "holds"));
        await RemoveAsync(engine);
        Assert.Empty(await ConsumersAsync(engine));
        // And one that was removed too early is there again as soon as it takes something.
        Assert.True(await engine.FinishAsync(await engine.TakeNewAsync(worker: "held"), worker: "held"));
    }

    [Fact]
    public async Task Consumers_that_were_heard_of_within_the_lease_stay()
    {
        var engine = await StartAsync();
        await engine.FinishAsync(await engine.TakeNewAsync());
        await RemoveAsync(engine);
        Assert.Equal([Engine.Worker], await ConsumersAsync(engine));
    }

    [Fact]
    public async Task Many_lines_are_looked_into_round_by_round()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        string[] queues = [.. Enumerable.Range(0, 40).Select(i => $"q{i:00}")];
        foreach (var queue in queues) await engine.EnqueueAsync(Engine.Spec() with { Queue = queue });
        var lines = Engine.Lines(engine.Keys.Partitions[0], queues);
        foreach (var run in await engine.Queue.TakeAsync(lines, Engine.Worker, queues.Length)) await engine.FinishAsync(run);
        var consumers = new DeadConsumers(engine.Connection, engine.Get<IOptions<FleetOptions>>());
        // Of the 160 lines the forty normal ones come third: what is left behind there is found in the second round of 64.
        var removed = new List<int>();
        for (var round = 0; round < 3; round++) removed.Add(await consumers.RemoveAsync(lines));
        Assert.Equal([0, 40, 0], removed);
    }

    [Fact]
    public async Task The_sweep_removes_them_by_itself()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromMilliseconds(100));
        await engine.FinishAsync(await engine.TakeNewAsync());
        await Until.TrueAsync("its consumer is silent", async () => (await InfoAsync(engine)).Single().IdleTimeInMilliseconds > 100);
        await StartAsync(prefix: engine.Prefix, bend: options => options.Lease = TimeSpan.FromMilliseconds(100), sweeps: true);
        await Until.TrueAsync("it is removed", async () => (await InfoAsync(engine)).Length == 0);
    }

    private static async Task RemoveAsync(Engine engine) =>
        await new DeadConsumers(engine.Connection, engine.Get<IOptions<FleetOptions>>()).RemoveAsync(await engine.Sweep.LinesAsync(engine.Keys.Partitions[0]));

    private static async Task<IEnumerable<string>> ConsumersAsync(Engine engine) =>
        (await InfoAsync(engine)).Select(consumer => consumer.Name).Order(StringComparer.Ordinal);

    private static Task<StackExchange.Redis.StreamConsumerInfo[]> InfoAsync(Engine engine) =>
        engine.Redis.StreamConsumerInfoAsync(engine.Keys.Partitions[0].Stream("default", Priority.Normal), "fleet");
}

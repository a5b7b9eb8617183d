using Fleet.Engine.Catalogue;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>What an autoscaler is told: nothing that runs or is about to may look like nothing.</summary>
public sealed class DemandTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task Demand_is_what_waits_what_runs_and_what_is_due_within_a_minute()
    {
        var engine = await StartAsync(3);
        await engine.EnqueueAsync(5, i => Engine.Spec() with { Priority = (Priority)(i % 4) });
        await engine.TakeAsync(2);
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(50) });
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMinutes(5) });
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "other" });
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "other", Delay = TimeSpan.FromSeconds(50) });

        Assert.Equal(new QueueDemand(3, 1, 2, 6), await DemandAsync(engine, "default"));
        Assert.Equal(new QueueDemand(1, 1, 0, 2), await DemandAsync(engine, "other"));
        Assert.Equal(new QueueDemand(4, 2, 2, 8), await DemandAsync(engine, "other", "default", "other"));
        Assert.Equal(new QueueDemand(4, 2, 2, 8), await engine.Get<DemandReader>().ReadAllAsync());
    }

    [Fact]
    public async Task A_run_that_runs_for_long_stays_a_demand_when_nothing_else_is_there()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        Assert.Equal(new QueueDemand(0, 0, 1, 1), await DemandAsync(engine, "default"));

        await engine.FinishAsync(run);
        Assert.Equal(new QueueDemand(0, 0, 0, 0), await DemandAsync(engine, "default"));
    }

    [Fact]
    public async Task A_retry_that_waits_wakes_a_fleet_in_which_nothing_else_is_left()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.FinishAsync(run, AttemptOutcome.Retry, delay: TimeSpan.FromSeconds(30));
        Assert.Equal(new QueueDemand(0, 1, 0, 1), await DemandAsync(engine, "default"));
    }

    [Fact]
    public async Task Deleted_entries_of_which_Redis_loses_count_hide_nothing()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(4);
        // After this Redis does not know the group's lag any more.
        await engine.CancelAsync(ids[1]);
        Assert.Equal(new QueueDemand(3, 0, 0, 3), await DemandAsync(engine, "default"));

        await engine.TakeAsync(1);
        Assert.Equal(new QueueDemand(2, 0, 1, 3), await DemandAsync(engine, "default"));
    }

    [Fact]
    public async Task The_groups_are_there_from_a_queues_first_run_on_and_without_them_all_is_waiting()
    {
        var engine = await StartAsync(2);
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "mail" });
        var streams = engine.Keys.Partitions.SelectMany(partition => Priorities.All.Select(priority => partition.Stream("mail", priority))).ToList();
        foreach (var stream in streams) Assert.Equal("fleet", Assert.Single(await engine.Redis.StreamGroupInfoAsync(stream)).Name);

        foreach (var stream in streams) await engine.Redis.StreamDeleteConsumerGroupAsync(stream, "fleet");
        Assert.Equal(new QueueDemand(1, 0, 0, 1), await DemandAsync(engine, "mail"));
    }

    [Fact]
    public async Task Of_a_paused_queue_only_what_runs_is_a_demand()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(3);
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(50) });
        await engine.TakeAsync(1);

        await engine.Get<QueueRegistry>().PauseAsync("default");

        Assert.Equal(new QueueDemand(2, 1, 1, 1), await DemandAsync(engine, "default"));
        Assert.Equal(1, (await engine.Get<DemandReader>().ReadAllAsync()).Demand);
    }

    [Fact]
    public async Task Of_very_many_runs_that_are_due_soon_the_later_ones_are_estimated()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(1500, i => Engine.Spec() with { Queue = i % 3 == 0 ? "a" : "b", Delay = TimeSpan.FromSeconds(30 + i * 0.01) });

        Assert.InRange((await DemandAsync(engine, "a")).DueWithinMinute, 495, 505);
        Assert.InRange((await DemandAsync(engine, "b")).DueWithinMinute, 995, 1005);
    }

    [Fact]
    public async Task A_queue_that_was_never_used_and_a_record_that_cannot_be_read_are_no_obstacle()
    {
        var engine = await StartAsync();
        var damaged = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(20) });
        await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(50) });
        var key = engine.Keys.Of(damaged)!.Run(damaged);
        await engine.Redis.KeyDeleteAsync(key);
        await engine.Redis.StringSetAsync(key, "not a hash");

        Assert.Equal(new QueueDemand(0, 0, 0, 0), await DemandAsync(engine, "never"));
        Assert.Equal(1, (await DemandAsync(engine, "default")).DueWithinMinute);
    }

    private static Task<QueueDemand> DemandAsync(Engine engine, params string[] queues) => engine.Get<DemandReader>().ReadAsync(queues);
}

using Fleet.Engine.Scheduling;
using Fleet.Testing;

namespace Fleet.Engine.Tests.Scheduling;

/// <summary>What a tick does while an earlier run is not final.</summary>
public sealed class OverlapTests(RedisServer server) : EngineTests(server)
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    // Each tick is later than the one before, however fast they follow.
    private int _late = 30;

    [Fact]
    public async Task Allow_creates_a_run_whatever_the_earlier_ones_do()
    {
        var bench = await StartAsync(Overlap.Allow);
        for (var i = 0; i < 3; i++) await NextTickAsync(bench);
        Assert.Equal("queued queued queued", await bench.StatesAsync());
    }

    [Fact]
    public async Task Skip_creates_none_until_the_earlier_one_is_final()
    {
        var bench = await StartAsync(Overlap.Skip);
        await NextTickAsync(bench);
        await NextTickAsync(bench);
        var run = await bench.Engine.TakeOneAsync();
        await bench.Engine.BeginAsync(run);
        await NextTickAsync(bench);
        Assert.Equal("running", await bench.StatesAsync());

        await bench.Engine.FinishAsync(run, Work.AttemptOutcome.Retry, delay: _minute);
        await NextTickAsync(bench);
        Assert.Equal("scheduled", await bench.StatesAsync());
        Assert.Equal(run.Id, (await bench.GetAsync()).LastRun);

        await bench.Engine.CancelAsync(run.Id);
        await NextTickAsync(bench);
        Assert.Equal("cancelled queued", await StatesAsync(bench));
    }

    [Fact]
    public async Task Skip_counts_a_run_that_was_created_out_of_turn()
    {
        var bench = await StartAsync(Overlap.Skip);
        var trigger = await bench.Store.TriggerAsync(bench.Name);
        await NextTickAsync(bench);
        Assert.Equal(trigger!.Result.Id, (await bench.OnlyRunAsync()).Id);
        // But asking for a run is never in vain.
        Assert.NotNull(await bench.Store.TriggerAsync(bench.Name));
        Assert.Equal("queued queued", await bench.StatesAsync());
    }

    [Fact]
    public async Task Queue_one_lets_one_run_wait_until_the_earlier_one_is_final()
    {
        var bench = await StartAsync(Overlap.QueueOne);
        await NextTickAsync(bench);
        var running = await bench.Engine.TakeOneAsync();
        await bench.Engine.BeginAsync(running);
        for (var i = 0; i < 3; i++) await NextTickAsync(bench);
        Assert.Equal("running scheduled", await StatesAsync(bench));
        var waiting = (await bench.RunsAsync()).Single(run => run.State == RunState.Scheduled);
        Assert.Equal("scheduled 1, running 1", await bench.Engine.CountsAsync());

        // Its time comes again and again, and is put off.
        for (var i = 0; i < 2; i++)
        {
            await ComeDueAsync(bench, waiting.Id);
            await bench.Engine.Sweep.PromoteAsync(bench.Partition);
            Assert.Equal(RunState.Scheduled, await bench.Engine.StateAsync(waiting.Id));
        }

        await bench.Engine.FinishAsync(running);
        await ComeDueAsync(bench, waiting.Id);
        await bench.Engine.Sweep.PromoteAsync(bench.Partition);
        Assert.Equal("scheduled0 queued0", await bench.Engine.TimelineAsync(waiting.Id));
        Assert.Equal(waiting.Id, (await bench.Engine.TakeOneAsync()).Id);
        await NextTickAsync(bench);
        Assert.Equal("scheduled 1, running 1, succeeded 1", (await bench.Engine.CountsAsync()).Replace("queued 1", "running 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queue_one_goes_on_by_itself()
    {
        var bench = await StartAsync(Overlap.QueueOne, sweeps: true);
        await bench.PutAsync((await bench.GetAsync()).Rule with { Every = TimeSpan.FromSeconds(1) });
        await Until.TrueAsync("a run waits for another", async () => await bench.StatesAsync() == "queued scheduled");
        await bench.Engine.FinishAsync(await bench.Engine.TakeOneAsync());
        await Until.TrueAsync("the run that waited is queued", async () => (await bench.StatesAsync()).StartsWith("succeeded queued", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Queue_one_that_is_deleted_lets_go_of_the_run_that_waits()
    {
        var bench = await StartAsync(Overlap.QueueOne);
        await NextTickAsync(bench);
        await NextTickAsync(bench);
        var waiting = (await bench.RunsAsync()).Single(run => run.State == RunState.Scheduled);
        await bench.Store.DeleteAsync(bench.Name);
        await bench.Engine.FinishAsync(await bench.Engine.TakeOneAsync());
        await ComeDueAsync(bench, waiting.Id);
        await bench.Engine.Sweep.PromoteAsync(bench.Partition);
        Assert.Equal(RunState.Queued, await bench.Engine.StateAsync(waiting.Id));
    }

    [Fact]
    public async Task Cancel_previous_cancels_what_waits_and_tells_what_runs()
    {
        var bench = await StartAsync(Overlap.CancelPrevious);
        await NextTickAsync(bench);
        await NextTickAsync(bench);
        Assert.Equal("cancelled queued", await StatesAsync(bench));

        var run = await bench.Engine.TakeOneAsync();
        await bench.Engine.BeginAsync(run);
        await NextTickAsync(bench);
        Assert.Equal(Work.AttemptStanding.CancelRequested, await bench.Engine.BeginAsync(run));
        Assert.Equal("cancelled queued running", await StatesAsync(bench));
        // One that does not end has been told; the next tick does not wait for it either.
        await NextTickAsync(bench);
        Assert.Equal("cancelled cancelled queued running", await StatesAsync(bench));
    }

    [Fact]
    public async Task Cancel_previous_creates_no_run_beside_one_that_nobody_cancelled()
    {
        var bench = await StartAsync(Overlap.CancelPrevious);
        await NextTickAsync(bench);
        await bench.MoveAsync(TimeSpan.FromSeconds(-50));
        var (now, _, _) = await bench.Ticker.DueAsync(bench.Partition);
        var read = await bench.GetAsync();
        await bench.Store.TriggerAsync(bench.Name);

        Assert.False(await bench.Ticker.MakeAsync(bench.Partition, read, now));
        Assert.Equal("cancelled queued", await StatesAsync(bench));
        await bench.TickAsync();
        Assert.Equal("cancelled cancelled queued", await StatesAsync(bench));
    }

    [Fact]
    public async Task Missed_ticks_overlap_each_other_too()
    {
        foreach (var (overlap, expected) in new[]
        {
            (Overlap.Allow, "queued queued queued queued"), (Overlap.Skip, "queued"), (Overlap.QueueOne, "queued scheduled"), (Overlap.CancelPrevious, "queued"),
        })
        {
            var bench = await StartAsync(overlap, Missed.All);
            await bench.TickAfterAsync(_minute * 3.5);
            Assert.Equal(expected, await StatesAsync(bench));
        }
    }

    private async Task<ScheduleBench> StartAsync(Overlap overlap, Missed missed = Missed.Latest, bool sweeps = false)
    {
        var bench = new ScheduleBench(await base.StartAsync(sweeps: sweeps));
        await bench.PutAsync(new ScheduleRule { Every = sweeps ? TimeSpan.FromHours(1) : _minute, Overlap = overlap, Missed = missed });
        return bench;
    }

    private Task NextTickAsync(ScheduleBench bench) => bench.TickAfterAsync(TimeSpan.FromSeconds(_late--));

    /// <summary>The states in alphabetical order: schedules moved into the past have runs whose ids do not tell which came first.</summary>
    private static async Task<string> StatesAsync(ScheduleBench bench) =>
        string.Join(' ', (await bench.StatesAsync()).Split(' ').Order(StringComparer.Ordinal));

    private static Task<bool> ComeDueAsync(ScheduleBench bench, RunId id) => bench.Engine.Redis.SortedSetAddAsync(bench.Partition.Due, id.ToString(), 1);
}

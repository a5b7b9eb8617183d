using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

public sealed class RunListTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Pages_go_from_the_newest_to_the_oldest_without_gap_or_overlap(int partitions)
    {
        var engine = await StartAsync(partitions);
        var ids = await engine.EnqueueAsync(205);
        Assert.Equal(ids.OrderDescending(), await AllAsync(engine, new RunFilter(), 50));
        Assert.Equal(ids.OrderDescending(), await AllAsync(engine, new RunFilter(), 41));
        Assert.Equal(ids.OrderDescending(), await AllAsync(engine, new RunFilter { State = RunState.Queued }, 50));
        Assert.Null((await engine.List.GetAsync(new RunFilter(), 205)).Next);
        Assert.NotNull((await engine.List.GetAsync(new RunFilter(), 204)).Next);
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Each_filter_lets_through_what_it_says(int partitions)
    {
        var engine = await StartAsync(partitions);
        var ids = await engine.EnqueueAsync(60, i => Engine.Spec(job: i % 2 == 0 ? "even" : "odd") with
        {
            Queue = i % 3 == 0 ? "third" : "rest",
            Options = i % 5 == 0 ? new RunOptions { Tags = ["five", "x"] } : i % 7 == 0 ? new RunOptions { Schedule = "seven" } : RunOptions.None,
        });
        await AssertListsAsync(new RunFilter { Job = "even" }, i => i % 2 == 0);
        await AssertListsAsync(new RunFilter { Queue = "third" }, i => i % 3 == 0);
        await AssertListsAsync(new RunFilter { Tag = "five" }, i => i % 5 == 0);
        await AssertListsAsync(new RunFilter { Tag = "five", Job = "odd", Queue = "third" }, i => i % 5 == 0 && i % 2 == 1 && i % 3 == 0);
        await AssertListsAsync(new RunFilter { Tag = "none" }, _ => false);
        await AssertListsAsync(new RunFilter { Schedule = "seven" }, i => i % 7 == 0 && i % 5 != 0);
        await AssertListsAsync(new RunFilter { Schedule = "seven", Job = "odd" }, i => i % 7 == 0 && i % 5 != 0 && i % 2 == 1);
        await AssertListsAsync(new RunFilter { State = RunState.Queued, Job = "odd" }, i => i % 2 == 1);

        async Task AssertListsAsync(RunFilter filter, Func<int, bool> which) =>
            Assert.Equal(ids.Where((_, i) => which(i)).OrderDescending(), await AllAsync(engine, filter, 7));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Each_state_lists_its_runs(int partitions)
    {
        var engine = await StartAsync(partitions);
        await engine.EnqueueAsync(20);
        var taken = await engine.TakeAsync(12);
        foreach (var run in taken.Take(3)) await engine.FinishAsync(run);
        foreach (var run in taken.Skip(3).Take(2)) await engine.FinishAsync(run, AttemptOutcome.Failed);
        foreach (var run in taken.Skip(5)) await engine.BeginAsync(run);
        await engine.Runs.CancelAsync([.. (await AllAsync(engine, new RunFilter { State = RunState.Queued }, 100)).Take(1)]);
        await engine.EnqueueAsync(4, _ => Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        foreach (var (state, count) in new (RunState, int)[]
        {
            (RunState.Scheduled, 4), (RunState.Queued, 7), (RunState.Running, 7), (RunState.Succeeded, 3), (RunState.Failed, 2),
            (RunState.Cancelled, 1), (RunState.Expired, 0), (RunState.Skipped, 0),
        })
        {
            var listed = await AllAsync(engine, new RunFilter { State = state }, 3);
            Assert.Equal(count, listed.Count);
            Assert.Equal(listed.OrderDescending(), listed);
            foreach (var id in listed) Assert.Equal(state, await engine.StateAsync(id));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(RunState.Queued)]
    [InlineData(RunState.Cancelled)]
    public async Task Since_is_included_and_until_is_not(RunState? state)
    {
        var engine = await StartAsync();
        var ids = new List<RunId>();
        while (ids.Select(id => id.UnixMilliseconds).Distinct().Count() < 4) ids.Add(await engine.EnqueueAsync());
        if (state == RunState.Cancelled) await engine.Runs.CancelAsync(ids);
        var times = ids.Select(id => id.UnixMilliseconds).Distinct().ToList();
        var filter = new RunFilter { State = state, Since = At(times[1]), Until = At(times[3]) };
        Assert.Equal(
            ids.Where(id => id.UnixMilliseconds >= times[1] && id.UnixMilliseconds < times[3]).OrderDescending(), await AllAsync(engine, filter, 1));
        Assert.Equal(ids.Where(id => id.UnixMilliseconds >= times[2]).OrderDescending(), await AllAsync(engine, new RunFilter { State = state, Since = At(times[2]) }, 2));
        Assert.Equal(ids.Where(id => id.UnixMilliseconds < times[2]).OrderDescending(), await AllAsync(engine, new RunFilter { State = state, Until = At(times[2]) }, 2));
        Assert.Empty(await AllAsync(engine, new RunFilter { State = state, Since = At(times[3]), Until = At(times[1]) }, 2));
        Assert.Empty(await AllAsync(engine, new RunFilter { State = state, Since = At(times[2]), Until = At(times[2]) }, 2));
        Assert.Empty((await engine.List.GetAsync(new RunFilter { State = state, Since = At(times[2]) }, 10, ids[0])).Items);
    }

    [Fact]
    public async Task Runs_that_are_forgotten_while_a_list_is_read_are_left_out()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(10);
        // As between reading the listing and reading the records.
        foreach (var id in ids.Take(5)) await engine.Redis.KeyDeleteAsync(engine.Keys.Partitions[0].Run(id));
        Assert.Equal(ids.Skip(5).OrderDescending(), await AllAsync(engine, new RunFilter(), 3));
        Assert.Equal(ids.Skip(5).OrderDescending(), await AllAsync(engine, new RunFilter { State = RunState.Queued }, 3));
    }

    [Fact]
    public async Task Of_very_many_waiting_runs_the_newest_are_found_without_gathering_all()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(5_001, i => Engine.Spec() with { Delay = TimeSpan.FromHours(i % 2) });
        await engine.EnqueueAsync(5_001);
        var scheduled = ids.Where((_, i) => i % 2 == 1).OrderDescending().ToList();
        Assert.Equal(100, (await engine.List.GetAsync(new RunFilter { State = RunState.Queued }, 100)).Items.Count);
        Assert.Equal(scheduled.Take(100), (await engine.List.GetAsync(new RunFilter { State = RunState.Scheduled }, 100)).Items.Select(run => run.Id));
    }

    [Fact]
    public async Task Running_runs_are_listed_also_where_a_line_has_lost_its_group()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        await engine.Redis.ExecuteAsync("XGROUP", "DESTROY", engine.Keys.Partitions[0].Stream("default", Priority.Low), "fleet");
        Assert.Equal([run.Id], await AllAsync(engine, new RunFilter { State = RunState.Running }, 3));
    }

    [Fact]
    public async Task A_run_that_ends_while_a_list_is_read_is_listed_once()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(3);
        await engine.CancelAsync(ids[1]);
        // As between reading the listing of those that are not final and that of the cancelled ones.
        await engine.Redis.SortedSetAddAsync(engine.Keys.Partitions[0].Active, ids[1].ToString(), 0);
        Assert.Equal(ids.OrderDescending(), await AllAsync(engine, new RunFilter(), 10));
    }

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static async Task<List<RunId>> AllAsync(Engine engine, RunFilter filter, int limit)
    {
        var all = new List<RunId>();
        RunId? before = null;
        do
        {
            var page = await engine.List.GetAsync(filter, limit, before);
            Assert.InRange(page.Items.Count, 0, limit);
            all.AddRange(page.Items.Select(run => run.Id));
            before = page.Next is { } next ? RunId.Parse(next) : null;
        }
        while (before is not null);
        return all;
    }
}

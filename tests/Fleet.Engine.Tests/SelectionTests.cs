using Fleet.Engine.Bulk;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Finding the runs that a bulk action is for.</summary>
public sealed class SelectionTests(RedisServer server) : EngineTests(server)
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Every_run_that_matches_is_found_once_and_counted(int partitions)
    {
        var engine = await StartAsync(partitions);
        await engine.EnqueueAsync(2500, i => Engine.Spec(job: i % 2 == 0 ? "even" : "odd") with
        {
            Queue = i % 5 == 0 ? "mail" : "default",
            Options = i % 10 == 0 ? new RunOptions { Tags = ["ten", "x"], Schedule = "nightly" } : RunOptions.None,
        });
        var by = await NowAsync(engine);

        foreach (var (filter, expected) in new (BulkFilter, int)[]
        {
            (new(), 2500),
            (new() { Job = "odd" }, 1250),
            (new() { Queue = "mail" }, 500),
            (new() { Queue = "mail", Job = "even" }, 250),
            (new() { Tag = "ten" }, 250),
            (new() { Tag = "te" }, 0),
            (new() { Schedule = "nightly" }, 250),
            (new() { Schedule = "daily" }, 0),
            (new() { Since = by.AddHours(-1), Until = by.AddHours(1) }, 2500),
            (new() { Since = by.AddHours(1) }, 0),
            (new() { Until = by.AddHours(-1) }, 0),
            (new() { Since = by.AddHours(1), Until = by.AddHours(-1) }, 0),
            (new() { Ids = [] }, 0),
        })
        {
            var selection = new RunSelection { States = RunSelection.StatesOf(BulkAction.Cancel), Filter = filter, By = by };
            var found = await FindAsync(engine, selection);
            Assert.Equal(expected, found.Count);
            Assert.Equal(expected, found.Distinct().Count());
            Assert.Equal(expected, await Selector(engine).CountAsync(selection));
        }
    }

    [Fact]
    public async Task Only_states_that_the_action_can_change_match()
    {
        var engine = await StartAsync();
        var succeeded = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        var failed = await engine.EndNewAsync(AttemptOutcome.Failed);
        var cancelled = await engine.EndNewAsync(AttemptOutcome.Cancelled);
        var running = await engine.TakeNewAsync();
        await engine.BeginAsync(running);
        var scheduled = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        var queued = await engine.EnqueueAsync();

        Assert.Equal(Sorted(succeeded, failed, cancelled), await OfAsync(RunSelection.StatesOf(BulkAction.Delete)));
        Assert.Equal(Sorted(succeeded, failed, cancelled), await OfAsync(RunSelection.StatesOf(BulkAction.Retry)));
        Assert.Equal(Sorted(running.Id, scheduled, queued), await OfAsync(RunSelection.StatesOf(BulkAction.Cancel)));
        Assert.Equal([failed], await OfAsync([RunState.Failed]));
        Assert.Equal(Sorted(scheduled, queued), await OfAsync([RunState.Scheduled, RunState.Queued]));
        Assert.Equal([failed], await OfAsync([RunState.Failed], [failed, succeeded, queued, RunId.New(1, 0), RunId.New(1, 700), failed]));

        async Task<RunId[]> OfAsync(IReadOnlyList<RunState> states, IReadOnlyList<RunId>? ids = null)
        {
            var selection = new RunSelection { States = states, Filter = new BulkFilter { Ids = ids }, By = await NowAsync(engine) };
            var found = await FindAsync(engine, selection);
            Assert.Equal(found.Count, await Selector(engine).CountAsync(selection));
            return Sorted([.. found]);
        }
    }

    [Fact]
    public async Task Runs_that_came_or_ended_after_the_moment_do_not_match_and_are_not_changed()
    {
        var engine = await StartAsync();
        var before = await engine.EndNewAsync(AttemptOutcome.Failed);
        var by = await NowAsync(engine);
        await Until.TrueAsync("the clock has moved on", async () => await NowAsync(engine) > by);
        var after = await engine.EndNewAsync(AttemptOutcome.Failed);

        var selection = new RunSelection { States = [RunState.Failed], Filter = new(), By = by };
        Assert.Equal([before], await FindAsync(engine, selection));
        Assert.Equal([ChangeOutcome.Done, ChangeOutcome.NotFinal], await engine.Runs.RetryAsync([before, after], by));

        // One that was retried and failed again is another failure.
        Assert.True(await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Failed));
        Assert.Empty(await FindAsync(engine, selection));
        Assert.Equal([ChangeOutcome.NotFinal], await engine.Runs.RetryAsync([before], by));
        Assert.Equal([ChangeOutcome.NotFinal], await engine.Runs.DeleteAsync([before], by));
    }

    [Fact]
    public async Task A_listing_that_shrinks_while_it_is_read_makes_no_run_be_passed_over()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(3500);
        var selection = new RunSelection { States = RunSelection.StatesOf(BulkAction.Cancel), Filter = new(), By = await NowAsync(engine) };
        var cancelled = 0;

        SelectionCursor? cursor = new SelectionCursor(0, null);
        while (cursor is { } at)
        {
            var page = await Selector(engine).NextAsync(selection, at);
            cancelled += (await engine.Runs.CancelAsync(page.Ids)).Count(outcome => outcome == CancelOutcome.Cancelled);
            cursor = page.Next;
        }

        Assert.Equal(ids.Length, cancelled);
        Assert.Equal("cancelled 3500", await engine.CountsAsync());
    }

    [Fact]
    public async Task Fleets_own_runs_are_in_no_list_count_or_selection_and_can_be_read_by_id()
    {
        var engine = await StartAsync();
        var own = await engine.Runs.EnqueueSystemAsync(Engine.Spec(job: SystemRuns.BulkJob) with { Queue = SystemRuns.Queue });

        Assert.Equal(RunId.SystemPartition, own.Id.Partition);
        Assert.Equal(RunState.Queued, await engine.StateAsync(own.Id));
        Assert.Equal("", await engine.CountsAsync());
        Assert.Empty((await engine.List.GetAsync(new RunFilter(), 10)).Items);
        Assert.Empty(await engine.Get<Catalogue.QueueRegistry>().ListAsync());
        foreach (var ids in new IReadOnlyList<RunId>?[] { null, [own.Id] })
        {
            var selection = new RunSelection { States = RunStates.All, Filter = new BulkFilter { Ids = ids }, By = await NowAsync(engine) };
            Assert.Empty(await FindAsync(engine, selection));
        }

        Assert.Equal(CancelOutcome.Cancelled, await engine.CancelAsync(own.Id));
        Assert.Equal(ChangeOutcome.Done, await engine.RetryAsync(own.Id));
        var run = Assert.Single(await engine.Queue.TakeAsync([new WaitingLine(engine.Keys.System, SystemRuns.Queue, Priority.Normal)], Engine.Worker, 5));
        Assert.True(await engine.FinishAsync(run));
        Assert.Equal("queued0 cancelled0 queued0 started1 succeeded1", await engine.TimelineAsync(own.Id));
        Assert.Equal(ChangeOutcome.Done, await engine.DeleteAsync(own.Id));
    }

    [Fact]
    public async Task Fleets_own_runs_are_swept_like_all_others()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromMilliseconds(50), sweeps: true);
        var own = await engine.Runs.EnqueueSystemAsync(Engine.Spec(job: SystemRuns.BulkJob) with
        {
            Queue = SystemRuns.Queue,
            Delay = TimeSpan.FromMilliseconds(1),
        });
        var line = new WaitingLine(engine.Keys.System, SystemRuns.Queue, Priority.Normal);
        await Until.TrueAsync("it is due", async () => await engine.StateAsync(own.Id) == RunState.Queued);

        Assert.Single(await engine.Queue.TakeAsync([line], "dies", 1));

        await Until.TrueAsync("it is put back", async () => (await engine.TimelineAsync(own.Id)).Contains("recovered1 queued1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_checkpoint_is_read_back_and_lapses()
    {
        var engine = await StartAsync();
        var (id, store) = (RunId.New(1, RunId.SystemPartition), engine.Get<CheckpointStore>());
        Assert.Null(await store.ReadAsync<BulkOutcome>(id));

        await store.SaveAsync(id, new BulkOutcome(3, 2, 1));

        Assert.Equal(new BulkOutcome(3, 2, 1), await store.ReadAsync<BulkOutcome>(id));
        Assert.NotNull(await engine.Redis.KeyTimeToLiveAsync(engine.Keys.System.Checkpoint(id)));
    }

    private static RunSelector Selector(Engine engine) => engine.Get<RunSelector>();

    private static RunId[] Sorted(params RunId[] ids) => [.. ids.Order()];

    private static async Task<List<RunId>> FindAsync(Engine engine, RunSelection selection)
    {
        var found = new List<RunId>();
        SelectionCursor? cursor = new SelectionCursor(0, null);
        while (cursor is { } at)
        {
            var page = await Selector(engine).NextAsync(selection, at);
            found.AddRange(page.Ids);
            cursor = page.Next;
        }

        return found;
    }

    private static Task<DateTimeOffset> NowAsync(Engine engine) => engine.Get<RedisClock>().ReadAsync(engine.Redis);
}

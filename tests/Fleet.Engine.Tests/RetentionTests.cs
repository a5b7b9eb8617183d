using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

public sealed class RetentionTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Succeeded_runs_are_forgotten_in_time_and_others_in_theirs(int partitions)
    {
        var engine = await StartWithShortRetentionAsync(partitions);
        var succeeded = new List<RunId>();
        for (var i = 0; i < 6; i++)
        {
            var run = Assert.Single(await TakeNewAsync(engine, Engine.Spec() with { Unique = new UniqueRule { Key = $"{i}" } }));
            await engine.AppendAsync(run, Engine.Log("a"));
            await engine.FinishAsync(run);
            succeeded.Add(run.Id);
        }

        var failed = Assert.Single(await TakeNewAsync(engine, Engine.Spec()));
        await engine.FinishAsync(failed, AttemptOutcome.Failed);
        var waiting = await engine.EnqueueAsync();

        await ForgetUntilAsync(engine, "failed 1, queued 1");
        foreach (var id in succeeded)
        {
            Assert.Null(await engine.Reader.GetAsync(id));
            Assert.Empty(await engine.KeysLikeAsync($"*{id}"));
        }

        Assert.Empty(await engine.KeysLikeAsync("*unique*"));
        Assert.Equal(new[] { waiting, failed.Id }.OrderDescending(), (await engine.List.GetAsync(new RunFilter(), 100)).Items.Select(run => run.Id));
        foreach (var partition in engine.Keys.Partitions)
            Assert.Equal(0, await engine.Redis.StreamLengthAsync(partition.Kept(engine.Options.Retention.Succeeded)));
    }

    [Fact]
    public async Task A_retention_stream_that_holds_nothing_any_more_is_forgotten_itself()
    {
        var engine = await StartWithShortRetentionAsync();
        await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.EndNewAsync(AttemptOutcome.Failed);
        Assert.Equal(2, (await engine.KeysLikeAsync("*kept:*")).Count);
        await ForgetUntilAsync(engine, "failed 1");
        var others = engine.Keys.Partitions[0].Kept(engine.Options.Retention.Others).ToString();
        Assert.Equal([others], await engine.KeysLikeAsync("*kept:*"));
        Assert.Equal([others], (await engine.Redis.SetMembersAsync(engine.Keys.Partitions[0].Retained)).Select(name => name.ToString()));

        // And is there again when it is needed.
        await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await ForgetUntilAsync(engine, "failed 1");
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_holds_up_no_other()
    {
        var engine = await StartWithShortRetentionAsync();
        var broken = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.Redis.StringSetAsync(engine.Keys.Partitions[0].Run(broken), "not a run");
        await ForgetUntilAsync(engine, "succeeded 1");
        Assert.Empty(await engine.KeysLikeAsync("*kept:*"));
    }

    [Fact]
    public async Task A_retried_run_is_not_forgotten_by_its_earlier_end()
    {
        var engine = await StartWithShortRetentionAsync();
        var again = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        var running = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        var gone = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.RetryAsync(again);
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Failed);
        await engine.RetryAsync(running);
        await ForgetUntilAsync(engine, "queued 1, failed 1");
        Assert.Null(await engine.Reader.GetAsync(gone));
        Assert.Equal(RunState.Queued, await engine.StateAsync(running));
        Assert.Equal("queued0 started1 succeeded1 queued1 started2 failed2", await engine.TimelineAsync(again));
    }

    [Fact]
    public async Task A_run_of_a_job_with_its_own_retention_is_kept_by_that_however_it_ends()
    {
        var engine = await StartWithShortRetentionAsync();
        RunSpec Keeping(int succeeded, int others) => Engine.Spec() with
        {
            Options = new RunOptions { Keep = RunOptions.KeepFor(TimeSpan.FromSeconds(succeeded), TimeSpan.FromSeconds(others)) },
        };
        await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.EndNewAsync(AttemptOutcome.Succeeded, Keeping(3600, 1));
        await engine.EndNewAsync(AttemptOutcome.Failed, Keeping(3600, 1));
        await engine.EndNewAsync(AttemptOutcome.Failed, Keeping(1, 3600));
        await engine.CancelAsync(await engine.EnqueueAsync(Keeping(1, 3600)));
        await engine.CancelAsync(await engine.EnqueueAsync(Keeping(3600, 1)));
        await ForgetUntilAsync(engine, "succeeded 1, failed 1, cancelled 1");
    }

    [Fact]
    public async Task Young_runs_stay()
    {
        var engine = await StartAsync();
        var id = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await engine.Sweep.ForgetAsync(engine.Keys.Partitions[0]);
        Assert.Equal(RunState.Succeeded, await engine.StateAsync(id));
    }

    [Fact]
    public async Task Runs_kept_under_an_earlier_setting_are_forgotten_by_that()
    {
        var engine = await StartWithShortRetentionAsync();
        await engine.EndNewAsync(AttemptOutcome.Succeeded);
        var later = await StartAsync(prefix: engine.Prefix);
        await later.EndNewAsync(AttemptOutcome.Succeeded);
        await ForgetUntilAsync(later, "succeeded 1");
    }

    [Fact]
    public async Task The_sweep_forgets_by_itself()
    {
        var engine = await StartWithShortRetentionAsync();
        var id = await engine.EndNewAsync(AttemptOutcome.Succeeded);
        await Until.TrueAsync("the run is old enough", async () =>
        {
            var time = (string[])(await engine.Redis.ExecuteAsync("TIME"))!;
            return (await engine.RunAsync(id)).FinishedAt!.Value.ToUnixTimeSeconds() + 3 < long.Parse(time[0], provider: null);
        });
        var sweeper = await StartAsync(prefix: engine.Prefix, sweeps: true);
        await Until.TrueAsync("it is forgotten", async () => await sweeper.Reader.GetAsync(id) is null);
    }

    [Fact]
    public async Task The_feed_is_capped()
    {
        var engine = await StartAsync(bend: options => options.Limits.FeedBatches = 100);
        var ids = await engine.EnqueueAsync(1);
        for (var i = 0; i < 400; i++)
        {
            await engine.CancelAsync(ids[0]);
            await engine.RetryAsync(ids[0]);
        }

        // Redis trims whole nodes of a stream, of a hundred entries each.
        Assert.InRange(await engine.Redis.StreamLengthAsync(engine.Keys.Partitions[0].Events), 100, 300);
        Assert.Equal(801, (await engine.RunAsync(ids[0])).Seq);
    }

    private Task<Engine> StartWithShortRetentionAsync(int partitions = 1) =>
        StartAsync(partitions, bend: options => options.Retention.Succeeded = TimeSpan.FromSeconds(1));

    private static async Task<List<TakenRun>> TakeNewAsync(Engine engine, RunSpec spec)
    {
        await engine.EnqueueAsync(spec);
        return await engine.TakeAsync(1);
    }

    private static async Task ForgetUntilAsync(Engine engine, string counts)
    {
        var expected = counts.Split(", ").Order();
        await Until.TrueAsync($"only these are left: {counts}", async () =>
        {
            foreach (var partition in engine.Keys.Partitions) await engine.Sweep.ForgetAsync(partition);
            return (await engine.CountsAsync()).Split(", ").Order().SequenceEqual(expected);
        });
    }
}

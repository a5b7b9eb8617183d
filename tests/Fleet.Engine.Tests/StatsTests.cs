using System.Diagnostics;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

public sealed class StatsTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Counts_name_every_state_and_add_up(int partitions)
    {
        var engine = await StartAsync(partitions);
        Assert.Equal(RunStates.All.Select(state => state.Name()).Order(), (await engine.Stats.CountsAsync()).Keys.Order());
        Assert.All((await engine.Stats.CountsAsync()).Values, count => Assert.Equal(0, count));

        await engine.EnqueueAsync(10);
        var taken = await engine.TakeAsync(6);
        foreach (var (run, outcome) in taken.Zip([AttemptOutcome.Succeeded, AttemptOutcome.Succeeded, AttemptOutcome.Failed, AttemptOutcome.Cancelled]))
            await engine.FinishAsync(run, outcome);
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "other", Delay = TimeSpan.FromHours(1) });
        Assert.Equal("scheduled 1, queued 4, running 2, succeeded 2, failed 1, cancelled 1", await engine.CountsAsync());
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Rates_are_those_of_the_last_ten_seconds(int partitions)
    {
        var engine = await StartAsync(partitions);
        await engine.EnqueueAsync(40);
        foreach (var (run, i) in (await engine.TakeAsync(30)).Select((run, i) => (run, i)))
            await engine.FinishAsync(run, i < 10 ? AttemptOutcome.Failed : AttemptOutcome.Succeeded);
        FleetStats stats = null!;
        // The second under way does not count yet.
        await Until.TrueAsync("the second is over", async () => (stats = await engine.Stats.GetAsync()).Rates is { In: 4, Out: 3, Failed: 1 });
        Assert.Equal(10, stats.Counts["failed"]);
    }

    [Fact]
    public async Task History_has_each_minute_the_newest_last()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(5);
        foreach (var run in await engine.TakeAsync(3)) await engine.FinishAsync(run, AttemptOutcome.Failed);
        var history = await engine.Stats.HistoryAsync(60);
        Assert.Equal(60, history.Count);
        Assert.All(history.Zip(history.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(1), pair.Second.At - pair.First.At));
        Assert.InRange((history[^1].At - (await engine.RunAsync((await engine.TakeOneAsync()).Id)).CreatedAt).TotalMinutes, -1, 1);
        // The minute may have changed in the middle.
        Assert.Equal((5, 3, 3), (history.Sum(minute => minute.In), history.Sum(minute => minute.Out), history.Sum(minute => minute.Failed)));
        Assert.Equal(5, history[^1].In + history[^2].In);
    }

    [Fact]
    public async Task Latencies_are_null_until_something_ended_and_then_within_a_quarter()
    {
        var engine = await StartAsync();
        Assert.Equal((null, null), ((await engine.Stats.GetAsync()).Latency.Wait.P50, (await engine.Stats.GetAsync()).Latency.Run.P99));

        await engine.EnqueueAsync(100);
        var reports = (await engine.TakeAsync(100)).Select((run, i) => Engine.Report(run, AttemptOutcome.Succeeded) with
        {
            StartedAt = Stopwatch.GetTimestamp() - (i < 97 ? 100 : 10_000) * Stopwatch.Frequency / 1000,
        });
        await engine.Queue.FinishAsync("w1", [.. reports]);
        var run = (await engine.Stats.GetAsync()).Latency.Run;
        Assert.InRange(run.P50!.Value, 100, 180);
        Assert.InRange(run.P99!.Value, 10_000, 13_000);
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Jobs_have_what_became_of_their_runs_and_how_long_they_took(int partitions)
    {
        var engine = await StartAsync(partitions);
        var reader = engine.Get<JobStatsReader>();
        Assert.Empty(await reader.GetAsync(60));

        await engine.EnqueueAsync(40, i => Engine.Spec(job: i < 30 ? "often" : "seldom"));
        var reports = (await engine.TakeAsync(40)).Select(run => Engine.Report(run, run.Job == "often" ? AttemptOutcome.Succeeded : AttemptOutcome.Failed) with
        {
            StartedAt = Stopwatch.GetTimestamp() - (run.Job == "often" ? 100 : 10_000) * Stopwatch.Frequency / 1000,
        });
        foreach (var ofPartition in reports.GroupBy(report => report.Run.Line.Partition)) await engine.Queue.FinishAsync("w1", [.. ofPartition]);
        // An attempt that another follows ends no run.
        await engine.EnqueueAsync(Engine.Spec(job: "retried"));
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Retry, delay: TimeSpan.FromHours(1));

        var jobs = await reader.GetAsync(60);
        Assert.Equal([("often", 30L, 0L), ("seldom", 0L, 10L)], jobs.Select(job => (job.Job, job.Succeeded, job.Failed)));
        Assert.InRange(jobs[0].Run.P50!.Value, 100, 180);
        Assert.InRange(jobs[1].Run.P95!.Value, 10_000, 13_000);
    }

    [Fact]
    public async Task All_counters_lapse()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(3);
        foreach (var key in await engine.KeysLikeAsync("*stats:*")) await engine.Redis.KeyDeleteAsync(key);
        // Neither of these ends counts as one of a run.
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Retry, delay: TimeSpan.FromHours(1));
        await engine.FinishAsync(await engine.TakeOneAsync(), AttemptOutcome.Release);
        await AssertAllLapseAsync();
        await engine.FinishAsync(await engine.TakeOneAsync());
        await engine.EnqueueAsync();
        await AssertAllLapseAsync();

        async Task AssertAllLapseAsync()
        {
            var counters = await engine.KeysLikeAsync("*stats:*");
            Assert.NotEmpty(counters);
            foreach (var key in counters)
                Assert.InRange(await engine.Redis.KeyTimeToLiveAsync(key) ?? TimeSpan.MaxValue, TimeSpan.FromSeconds(1), TimeSpan.FromHours(25));
        }
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Queues_tell_depth_flight_and_age_of_each_line(int partitions)
    {
        var engine = await StartAsync(partitions);
        await engine.EnqueueAsync(6, i => Engine.Spec() with { Priority = i < 4 ? Priority.High : Priority.Low });
        await engine.EnqueueAsync(Engine.Spec() with { Queue = "another" });
        await engine.TakeAsync(4);
        var queues = await engine.Get<QueueReader>().ListAsync();
        Assert.Equal(["another", "default"], queues.Select(queue => queue.Name));
        Assert.Equal((1, 0), (queues[0].Depth, queues[0].InFlight));
        Assert.Equal((2, 4), (queues[1].Depth, queues[1].InFlight));
        Assert.Equal(6, queues[1].Priorities.Values.Sum(line => line.Depth + line.InFlight));
        Assert.Equal((0, 0, 0.0), (queues[1].Priorities["critical"].Depth, queues[1].Priorities["critical"].InFlight, queues[1].Priorities["critical"].Lag));
        await Until.TrueAsync("the waiting run grows older", async () => (await engine.Get<QueueReader>().ListAsync())[0].Lag > 0.01);
    }
}

using System.Diagnostics;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Batches of one, of as many as a call carries, and of more than that: each run goes through all its transitions.</summary>
public sealed class BatchSizeTests(RedisServer server) : EngineTests(server)
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(255, 1)]
    [InlineData(256, 1)]
    [InlineData(257, 1)]
    [InlineData(600, 1)]
    [InlineData(600, 3)]
    public async Task Every_run_of_a_batch_goes_through_every_transition(int size, int partitions)
    {
        var engine = await StartAsync(partitions, bend: options => options.Lease = TimeSpan.Zero);
        var ids = await engine.EnqueueAsync(size, i => Engine.Spec($"{i}") with { Delay = TimeSpan.FromMilliseconds(i % 2) });
        await engine.PromoteAllButAsync();
        Assert.Equal($"queued {size}", await engine.CountsAsync());

        await StartAllAsync(engine, size);
        await engine.LoseWorkersAsync();
        Assert.Equal($"queued {size}", await engine.CountsAsync());

        var taken = await StartAllAsync(engine, size);
        foreach (var batch in Batches(taken))
        {
            Assert.All(await engine.Queue.AppendAsync("w1",
                [.. batch.Select(run => new AttemptEvents(run, Stopwatch.GetTimestamp(), [Engine.Log("a"), Engine.Progress(1)]))]), Assert.True);
            Assert.All(await engine.Queue.FinishAsync("w1", [.. batch.Select(run => Engine.Report(run, AttemptOutcome.Retry))]), Assert.True);
        }

        await engine.PromoteAllButAsync();
        Assert.All(await engine.Runs.CancelAsync(ids), outcome => Assert.Equal(CancelOutcome.Cancelled, outcome));
        Assert.All(await engine.Runs.RetryAsync(ids), outcome => Assert.Equal(ChangeOutcome.Done, outcome));
        foreach (var batch in Batches(await StartAllAsync(engine, size)))
            Assert.All(await engine.Queue.FinishAsync("w1", [.. batch.Select(run => Engine.Report(run, AttemptOutcome.Succeeded))]), Assert.True);

        Assert.Equal($"succeeded {size}", await engine.CountsAsync());
        for (var i = 0; i < size; i++)
        {
            var timeline = await engine.TimelineAsync(ids[i]);
            var begin = timeline.StartsWith("scheduled0 ", StringComparison.Ordinal) ? "scheduled0 " : "";
            Assert.Equal(begin + "queued0 started1 recovered1 queued1 started2 log2 progress2 retrying2 queued2 cancelled2 queued2 started3 succeeded3", timeline);
        }

        Assert.All(await engine.Runs.DeleteAsync(ids), outcome => Assert.Equal(ChangeOutcome.Done, outcome));
        Assert.Equal("", await engine.CountsAsync());
        Assert.Empty(await engine.KeysLikeAsync("*run:*"));
        await engine.AssertIdleAsync();
    }

    private static async Task<List<TakenRun>> StartAllAsync(Engine engine, int size)
    {
        var taken = await engine.TakeAsync(size);
        Assert.Equal(size, taken.Count);
        foreach (var batch in Batches(taken))
        {
            var standings = await engine.Queue.StartAsync("w1", [.. batch.Select(run => (run, Stopwatch.GetTimestamp()))]);
            Assert.All(standings, standing => Assert.Equal(AttemptStanding.Current, standing));
        }

        return taken;
    }

    private static IEnumerable<IGrouping<int, TakenRun>> Batches(List<TakenRun> runs) => runs.GroupBy(run => run.Line.Partition.Index);
}

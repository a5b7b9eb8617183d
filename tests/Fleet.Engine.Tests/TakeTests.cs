using System.Text;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

public sealed class TakeTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task Critical_runs_are_taken_before_high_before_normal_before_low()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(8, i => Engine.Spec($"{i}") with { Priority = (Priority)(3 - i % 4) });
        var taken = new List<TakenRun>();
        foreach (var count in (int[])[1, 4, 2, 5]) taken.AddRange(await engine.TakeAsync(count));
        Assert.Equal("3 7 2 6 1 5 0 4", string.Join(' ', taken.Select(run => Encoding.UTF8.GetString(run.Input.Span))));
    }

    [Fact]
    public async Task What_has_waited_for_longer_than_the_patience_comes_first_one_of_each_line()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(6, i => Engine.Spec($"{i}") with { Priority = i < 2 ? Priority.Low : i < 4 ? Priority.Normal : Priority.Critical });
        await engine.TakeAsync(1);
        var line = Engine.Lines(engine.Keys.Partitions[0], "default");

        var patient = await engine.Queue.TakeAsync(line, Engine.Worker, 1, TimeSpan.FromHours(1));
        Assert.Equal("5", Input(patient));
        await Until.TrueAsync("everything has waited for a while", async () => (await engine.Redis.StreamRangeAsync(line[3].Stream))[0].Id is var id
            && long.Parse(id.ToString().Split('-')[0], provider: null) + 5 < await NowAsync(engine));
        Assert.Equal("0 2", Input(await engine.Queue.TakeAsync(line, Engine.Worker, 2, TimeSpan.FromMilliseconds(1))));
        await engine.EnqueueAsync(Engine.Spec("6") with { Priority = Priority.Critical });
        Assert.Equal("1 3 6", Input(await engine.Queue.TakeAsync(line, Engine.Worker, 9, TimeSpan.FromMilliseconds(1))));

        static string Input(IEnumerable<TakenRun> runs) => string.Join(' ', runs.Select(run => Encoding.UTF8.GetString(run.Input.Span)));
        static async Task<long> NowAsync(Engine engine) => long.Parse(((string[])(await engine.Redis.ExecuteAsync("TIME"))!)[0], provider: null) * 1000;
    }

    [Fact]
    public async Task Take_gives_no_more_than_asked_and_nothing_twice()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(10);
        Assert.Empty(await engine.TakeAsync(0));
        var first = await engine.TakeAsync(3);
        var rest = await engine.TakeAsync(100, "w2");
        Assert.Equal((3, 7), (first.Count, rest.Count));
        Assert.Equal(ids.Order(), first.Concat(rest).Select(run => run.Id).Order());
        Assert.Empty(await engine.TakeAsync(100, "w3"));
    }

    [Fact]
    public async Task Several_queues_share_a_call_and_the_most_urgent_run_of_any_comes_first()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(Engine.Spec("1") with { Queue = "a" });
        await engine.EnqueueAsync(Engine.Spec("2") with { Queue = "b", Priority = Priority.Critical });
        await engine.EnqueueAsync(Engine.Spec("3") with { Queue = "c" });
        var taken = await engine.Queue.TakeAsync(Engine.Lines(engine.Keys.Partitions[0], "a", "b"), "w", 10);
        Assert.Equal(["b", "a"], taken.Select(run => run.Line.Queue));
        Assert.Equal(Priority.Critical, taken[0].Line.Priority);
    }

    [Fact]
    public async Task A_taken_run_has_all_that_its_record_has()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(Engine.Spec("""{"a":"ü"}""", "text.stats") with
        {
            MaxAttempts = 4,
            Options = new RunOptions { Timeout = TimeSpan.FromSeconds(3) },
        });
        Assert.Equal(("text.stats", 1, 4, TimeSpan.FromSeconds(3)), (run.Job, run.Attempt, run.MaxAttempts, run.Options.Timeout));
        Assert.Equal("""{"a":"ü"}""", Encoding.UTF8.GetString(run.Input.Span));
    }

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    [InlineData(900_000, false)]
    public async Task Long_input_is_fetched_apart(int length, bool inEntry)
    {
        var engine = await StartAsync();
        var input = $"\"{new string('x', length - 2)}\"";
        var run = await engine.TakeNewAsync(Engine.Spec(input));
        Assert.Equal(inEntry, run.Input.Length == length);
        Assert.Equal(!inEntry, run.Input.IsEmpty);
        Assert.Equal(input, Encoding.UTF8.GetString((await engine.Queue.FetchInputAsync(run))!.Value.Span));

        // The same on each way back into the queue.
        await engine.FinishAsync(run, AttemptOutcome.Retry);
        await engine.PromoteAllButAsync();
        run = await engine.TakeOneAsync();
        Assert.Equal(inEntry, run.Input.Length == length);
        await engine.FinishAsync(run, AttemptOutcome.Release);
        Assert.Equal(inEntry, (await engine.TakeOneAsync()).Input.Length == length);
    }

    [Fact]
    public async Task Input_of_a_run_that_is_gone_is_null()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.FinishAsync(run);
        await engine.DeleteAsync(run.Id);
        Assert.Null(await engine.Queue.FetchInputAsync(run));
    }

    [Fact]
    public async Task Group_that_is_missing_is_made()
    {
        var engine = await StartAsync();
        Assert.Empty(await engine.TakeAsync(1, queue: "never.used"));
        await engine.EnqueueAsync();
        await engine.Redis.ExecuteAsync("XGROUP", "DESTROY", engine.Keys.Partitions[0].Stream("default", Priority.Normal), "fleet");
        await engine.TakeOneAsync();
    }

    [Fact]
    public async Task Waiting_worker_gets_a_run_that_arrives()
    {
        var engine = await StartAsync();
        await engine.Get<QueueRegistry>().EnsureAsync("default");
        await using var connection = await engine.Connection.OpenBlockingAsync(TimeSpan.FromSeconds(20));
        var waits = WorkQueue.WaitAsync(connection, Engine.Lines(engine.Keys.Partitions[0], "default"), "w", TimeSpan.FromSeconds(20));
        var id = await engine.EnqueueAsync();
        var run = Assert.Single((await waits.Soon())!);
        Assert.Equal(id, run.Id);
        Assert.True(await engine.FinishAsync(run));
    }

    [Fact]
    public async Task Waiting_ends_without_a_run_when_the_time_is_up_or_the_stream_is_not_there()
    {
        var engine = await StartAsync();
        var lines = Engine.Lines(engine.Keys.Partitions[0], "default");
        await using var connection = await engine.Connection.OpenBlockingAsync(TimeSpan.FromSeconds(20));
        Assert.Empty((await WorkQueue.WaitAsync(connection, lines, "w", TimeSpan.FromSeconds(20)).Soon())!);
        await engine.Get<QueueRegistry>().EnsureAsync("default");
        Assert.Null(await WorkQueue.WaitAsync(connection, lines, "w", TimeSpan.FromMilliseconds(1)).Soon());
        var waits = WorkQueue.WaitAsync(connection, lines, "w", TimeSpan.FromSeconds(20));
        await Until.TrueAsync("the worker waits", async () => await BlockedClients.CountAsync(engine.Redis) > 0);
        await engine.Redis.KeyDeleteAsync([.. lines.Select(line => line.Stream)]);
        Assert.Empty((await waits.Soon())!);
    }
}

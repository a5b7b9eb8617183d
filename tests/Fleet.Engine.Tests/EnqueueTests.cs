using Fleet.Engine.Runs;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

public sealed class EnqueueTests(RedisServer server) : EngineTests(server)
{
    [Theory, InlineData(1), InlineData(3)]
    public async Task Enqueue_stores_the_run_whole(int partitions)
    {
        var engine = await StartAsync(partitions);
        var id = await engine.EnqueueAsync(new RunSpec
        {
            Job = "text.stats",
            Queue = "text",
            Priority = Priority.Low,
            Input = """{"text":"grüße \u0000"}"""u8.ToArray(),
            MaxAttempts = 3,
            Options = new RunOptions { Tags = ["a"], Meta = new Dictionary<string, string> { ["k"] = "v" }, Tenant = "acme", Schedule = "nightly" },
        });
        var run = await engine.RunAsync(id);
        Assert.Equal(("text.stats", "text", Priority.Low, 3, "acme", "nightly"), (run.Job, run.Queue, run.Priority, run.MaxAttempts, run.Tenant, run.Schedule));
        Assert.Equal((RunState.Queued, 0, 1L), (run.State, run.Attempt, run.Seq));
        Assert.Equal("grüße \0", run.Input.GetProperty("text").GetString());
        Assert.Equal(["a"], run.Tags);
        Assert.Equal("v", run.Meta["k"]);
        Assert.Equal((null, null, null, null, null, null), (run.Output, run.Error, run.Progress, run.Worker, run.DueAt, run.StartedAt));
        Assert.Null(run.FinishedAt);
        Assert.Equal("queued0", await engine.TimelineAsync(id));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Enqueue_single_calls_at_once_loses_none(int partitions)
    {
        var engine = await StartAsync(partitions);
        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => engine.Runs.EnqueueAsync(Engine.Spec($"{i}")))).Soon();
        Assert.Equal(1000, results.Select(result => result.Id).Distinct().Count());
        Assert.Equal(partitions, results.Select(result => result.Id.Partition).Distinct().Count());
        for (var i = 0; i < results.Length; i += 97) Assert.Equal(i, (await engine.RunAsync(results[i].Id)).Input.GetInt32());
        Assert.Equal("queued 1000", await engine.CountsAsync());
    }

    [Fact]
    public async Task Delay_schedules_the_run_until_then()
    {
        var engine = await StartAsync();
        var result = await engine.Runs.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        var run = await engine.RunAsync(result.Id);
        Assert.Equal((RunState.Scheduled, result.At + TimeSpan.FromHours(1)), (run.State, run.DueAt));
        var scheduled = Assert.Single(await engine.EventsAsync(result.Id));
        Assert.Equal(EventType.Scheduled, scheduled.Type);
        Assert.Equal(run.DueAt, scheduled.Data!.Value.GetProperty("dueAt").GetDateTimeOffset());
        Assert.Equal("scheduled 1", await engine.CountsAsync());
        Assert.Empty(await engine.TakeAsync(1));
    }

    [Fact]
    public async Task At_in_the_future_schedules_the_run_until_then()
    {
        var engine = await StartAsync();
        var at = new DateTimeOffset(2222, 2, 2, 2, 2, 2, 222, TimeSpan.FromHours(2));
        var run = await engine.RunAsync(await engine.EnqueueAsync(Engine.Spec() with { At = at, Delay = TimeSpan.FromDays(1) }));
        Assert.Equal((RunState.Scheduled, at), (run.State, run.DueAt));
    }

    [Theory]
    [InlineData("2001-01-01T00:00:00Z")]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1901-01-01T00:00:00Z")]
    public async Task At_in_the_past_queues_the_run_at_once(string at)
    {
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { At = DateTimeOffset.Parse(at, provider: null) });
        Assert.Equal(RunState.Queued, await engine.StateAsync(id));
    }

    [Fact]
    public async Task Ids_and_times_are_those_of_the_clock_of_Redis()
    {
        var engine = await StartAsync(time: new WrongClock());
        var before = await RedisTimeAsync(engine);
        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        await engine.AppendAsync(run, Engine.Log("a"));
        await engine.FinishAsync(run, Work.AttemptOutcome.Retry);
        await engine.PromoteAllButAsync();
        await engine.FinishAsync(await engine.TakeOneAsync());
        var after = await RedisTimeAsync(engine);

        // The id is made before the call, with what Redis said last.
        Assert.InRange(run.Id.UnixMilliseconds, before - 1000, after);
        Assert.All(await engine.EventsAsync(run.Id), e => Assert.InRange(e.At.ToUnixTimeMilliseconds(), before, after));
    }

    private static async Task<long> RedisTimeAsync(Engine engine)
    {
        var time = (string[])(await engine.Redis.ExecuteAsync("TIME"))!;
        return long.Parse(time[0], provider: null) * 1000 + long.Parse(time[1], provider: null) / 1000;
    }

    /// <summary>A host whose clock is years late.</summary>
    private sealed class WrongClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddYears(-20);
    }
}

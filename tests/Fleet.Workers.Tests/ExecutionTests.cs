using Fleet.Engine.Runs;

namespace Fleet.Workers.Tests;

/// <summary>Whatever a handler does, its run ends as it should, and the loop goes on.</summary>
public sealed class ExecutionTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task A_run_that_succeeds_has_its_output_and_a_timeline_without_gaps()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("ok", text: "hello");

        var run = await worker.RunAsync(id, RunState.Succeeded);

        Assert.Equal("""{"did":"ok","attempt":1,"text":"hello"}""", run.Output!.Value.GetRawText());
        Assert.Equal(1, run.Attempt);
        Assert.Equal(worker.Name, run.Worker);
        Assert.Equal("queued started succeeded", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task A_short_run_that_tells_much_has_it_in_order()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("tell");

        var run = await worker.RunAsync(id, RunState.Succeeded);

        Assert.Equal("queued started progress log log progress succeeded", await worker.StoryAsync(id));
        var events = await worker.TimelineAsync(id);
        Assert.Equal("""{"line":"two","stream":"stderr"}""", events[4].Data!.Value.GetRawText());
        Assert.Equal(0.75, run.Progress!.Value);
    }

    [Fact]
    public async Task Every_log_line_is_kept_in_order()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("log", 12_000);

        await worker.RunAsync(id, RunState.Succeeded);

        var lines = (await worker.TimelineAsync(id)).Where(e => e.Type == EventType.Log).Select(e => e.Data!.Value.GetProperty("line").GetString());
        Assert.Equal(Enumerable.Range(0, 12_000).Select(i => $"line {i}"), lines);
    }

    [Fact]
    public async Task Every_run_has_a_scope_of_its_own_which_is_disposed()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var ids = await worker.EnqueueManyAsync(50, _ => Worker.Spec("ok"));

        foreach (var id in ids) await worker.RunAsync(id, RunState.Succeeded);

        Assert.Equal(50, _stage.Scopes);
        Assert.Equal(50, _stage.ScopesDisposed);
    }

    [Theory]
    [InlineData("fail", RunState.Failed, "System.InvalidOperationException", 2)]
    [InlineData("throw-at-once", RunState.Failed, "System.ArgumentException", 2)]
    [InlineData("cancel-itself", RunState.Failed, "System.OperationCanceledException", 2)]
    [InlineData("fail-wickedly", RunState.Failed, "WickedException", 2)]
    [InlineData("break-scope", RunState.Failed, "System.InvalidOperationException", 2)]
    [InlineData("fail-permanent", RunState.Failed, "Fleet.Workers.JobException", 1)]
    [InlineData("no such act", RunState.Failed, "Fleet.Workers.JobException", 1)]
    public async Task A_handler_that_fails_fails_its_run_and_nothing_else(string act, RunState state, string type, int attempts)
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 1));
        var id = await worker.EnqueueAsync(act, attempts: 2);

        var run = await worker.RunAsync(id, state);

        Assert.EndsWith(type, run.Error!.Type, StringComparison.Ordinal);
        Assert.Equal(attempts, run.Attempt);
        Assert.Equal(attempts, _stage.Executions[id]);
        Assert.Equal(attempts == 2 ? "queued started retrying queued started failed" : "queued started failed", await worker.StoryAsync(id));
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
    }

    [Theory]
    [InlineData("unmakable", "IFormattable")]
    [InlineData("undisposable", "it does not close")]
    public async Task A_job_that_cannot_be_made_or_disposed_fails_and_is_retried(string job, string says)
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, jobs => jobs
            .AddJob<UnmakableJob>("unmakable", Quickly).AddJob<UndisposableJob>("undisposable", Quickly).AddJob<ScriptedJob>("scripted"));
        var id = await worker.EnqueueAsync("ok", attempts: 2, job: job);

        var run = await worker.RunAsync(id, RunState.Failed);

        Assert.Contains(says, run.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("queued started retrying queued started failed", await worker.StoryAsync(id));
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
    }

    [Theory]
    [InlineData("""{"do":"ok","unknown":1}""", "unknown")]
    [InlineData("""{"do":1}""", "do")]
    [InlineData("null", "null")]
    [InlineData("[]", "Act")]
    [InlineData("""{"do":"ok","n":"three"}""", "$.n")]
    public async Task Input_that_does_not_fit_fails_at_once(string input, string says)
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync(Worker.Spec("ok") with { Input = System.Text.Encoding.UTF8.GetBytes(input) });

        var run = await worker.RunAsync(id, RunState.Failed);

        Assert.Contains(says, run.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("queued started failed", await worker.StoryAsync(id));
        Assert.Empty(_stage.Executions);
    }

    [Fact]
    public async Task An_input_too_long_for_its_entry_is_fetched()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var text = new string('y', 100_000);

        var run = await worker.RunAsync(await worker.EnqueueAsync("ok", text: text), RunState.Succeeded);

        Assert.Equal(text, run.Output!.Value.GetProperty("text").GetString());
    }

    [Fact]
    public async Task An_output_over_the_limit_fails_the_run_and_says_why()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Limits:OutputBytes", 2048));

        var run = await worker.RunAsync(await worker.EnqueueAsync("huge", 3000), RunState.Failed);
        await worker.RunAsync(await worker.EnqueueAsync("huge", 1900), RunState.Succeeded);

        Assert.Equal("output-too-large", run.Error!.Type);
        Assert.Contains("Fleet:Limits:OutputBytes allows 2048", run.Error.Message, StringComparison.Ordinal);
        Assert.Equal(1, run.Attempt);
    }

    [Fact]
    public async Task A_run_is_retried_until_it_succeeds()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("fail-until", 3);

        var run = await worker.RunAsync(id, RunState.Succeeded);

        Assert.Equal(3, run.Attempt);
        Assert.Equal([1, 2, 3], _stage.Attempts.Select(attempt => attempt.Attempt));
        Assert.Equal("queued started retrying queued started retrying queued started succeeded", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task A_snoozed_run_keeps_its_attempt()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("snooze", 2, attempts: 1);

        var run = await worker.RunAsync(id, RunState.Succeeded);

        Assert.Equal(1, run.Attempt);
        Assert.Equal([1, 1, 1], _stage.Attempts.Select(attempt => attempt.Attempt));
        Assert.Equal("queued started scheduled queued started scheduled queued started succeeded", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task An_attempt_over_its_time_fails_as_timeout_and_is_retried()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("hang", attempts: 2, timeout: TimeSpan.FromMilliseconds(50));

        var run = await worker.RunAsync(id, RunState.Failed);

        Assert.Equal("timeout", run.Error!.Type);
        Assert.Equal("queued started retrying queued started failed", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task A_handler_that_ignores_its_timeout_loses_its_run_after_the_grace_time()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:CancelGrace", "00:00:00.050"));
        var id = await worker.EnqueueAsync("hang-forever", attempts: 1, timeout: TimeSpan.FromMilliseconds(50));

        var run = await worker.RunAsync(id, RunState.Failed);

        Assert.Equal("timeout", run.Error!.Type);
        _stage.Open(id);
    }

    [Fact]
    public async Task A_run_that_goes_on_is_shown_as_running_while_it_does()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync("wait", timeout: TimeSpan.FromDays(3000));

        var run = await worker.RunAsync(id, RunState.Running);

        Assert.Equal(worker.Name, run.Worker);
        Assert.Equal("queued started", await worker.StoryAsync(id));
        _stage.Open(id);
        await worker.RunAsync(id, RunState.Succeeded);
        Assert.Equal("queued started succeeded", await worker.StoryAsync(id));
    }

    [Fact]
    public async Task A_runs_own_backoff_counts_and_begins_anew_with_every_explicit_retry()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        var id = await worker.EnqueueAsync(Worker.Spec("fail") with
        {
            Options = new RunOptions { Backoff = Backoff.List(TimeSpan.Zero, TimeSpan.FromHours(1)) },
        });
        await AwaitStoryAsync("queued started retrying queued started retrying");
        await worker.Runs.CancelAsync([id]);
        await worker.Runs.RetryAsync([id]);
        await AwaitStoryAsync("queued started retrying queued started retrying cancelled queued started retrying queued started retrying");
        var timeline = await worker.TimelineAsync(id);
        Assert.Equal([1, 1, 2, 2, 3, 3, 4, 4], timeline.Where(e => e.Type is EventType.Started or EventType.Retrying).Select(e => e.Attempt));

        Task AwaitStoryAsync(string story) => Eventually.IsTrueAsync(async () => await worker.StoryAsync(id) == story, story);
    }

    [Fact]
    public async Task A_run_that_is_too_late_is_never_started()
    {
        var prepared = await StartElsewhereAsync();
        var late = await prepared.EnqueueAsync(Worker.Spec("ok") with { Options = new RunOptions { ExpiresAt = DateTimeOffset.UnixEpoch } });
        await prepared.DisposeAsync();
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);
        await worker.RunAsync(late, RunState.Expired);
        Assert.Equal("queued expired", await worker.StoryAsync(late));
    }

    [Theory]
    [InlineData("01:00:00", 40)]
    [InlineData("00:00:00.001", 20)]
    public async Task What_is_urgent_comes_first_but_nothing_is_overtaken_for_ever(string patience, int most)
    {
        var prepared = await StartElsewhereAsync();
        var low = await prepared.EnqueueAsync(Worker.Spec("ok", priority: Priority.Low));
        await prepared.EnqueueManyAsync(40, i => Worker.Spec("ok", priority: (Priority)(i % 3)));
        await prepared.DisposeAsync();

        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Slots", 1), ("Worker:Patience", patience));
        await worker.RunAsync(low, RunState.Succeeded);

        var before = _stage.Order.TakeWhile(id => id != low).Count();
        Assert.True(most == 40 ? before == 40 : before <= most, $"{before} runs came before it.");
    }

    /// <summary>A worker that serves another queue than the one these tests use.</summary>
    private Task<Worker> StartElsewhereAsync() => Worker.StartAsync(redis, _stage, _prefix, null, ("Worker:Queues", "elsewhere"));

    private static void Quickly(JobBuilder job) => job.Backoff(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50));
}

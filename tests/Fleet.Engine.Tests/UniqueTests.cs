using System.Text;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Runs that are the same as another: by a unique key, or because a request is made again.</summary>
public sealed class UniqueTests(RedisServer server) : EngineTests(server)
{
    private static readonly UniqueRule _active = new() { Key = "k" };
    private static readonly UniqueRule _replace = new() { Key = "k", Replace = true };
    private static readonly UniqueRule _queued = new() { Key = "k", Scope = UniqueScope.Queued };

    [Theory, InlineData(1), InlineData(3)]
    public async Task Unique_active_run_counts_until_it_is_final(int partitions)
    {
        var engine = await StartAsync(partitions);
        var first = await engine.EnqueueAsync(With(_active));
        await AssertSameAsync(engine, first, With(_active));
        var run = Assert.Single(await engine.TakeAsync(1));
        await AssertSameAsync(engine, first, With(_active));
        await engine.BeginAsync(run);
        await AssertSameAsync(engine, first, With(_active));
        await engine.FinishAsync(run, AttemptOutcome.Retry, delay: TimeSpan.FromHours(1));
        await AssertSameAsync(engine, first, With(_active));
        await engine.CancelAsync(first);
        var second = await engine.EnqueueAsync(With(_active));
        await AssertSameAsync(engine, second, With(_active));
    }

    [Fact]
    public async Task Unique_queued_run_counts_until_it_starts()
    {
        var engine = await StartAsync();
        var first = await engine.EnqueueAsync(With(_queued) with { Delay = TimeSpan.FromHours(1) });
        await AssertSameAsync(engine, first, With(_queued));
        await engine.CancelAsync(first);
        var run = await engine.TakeNewAsync(With(_queued));
        await engine.BeginAsync(run);
        await engine.EnqueueAsync(With(_queued));
    }

    [Fact]
    public async Task Unique_for_a_time_counts_also_when_it_is_final_and_lapses()
    {
        var engine = await StartAsync();
        var rule = new UniqueRule { Key = "k", For = TimeSpan.FromMilliseconds(300) };
        var first = await engine.EndNewAsync(AttemptOutcome.Succeeded, With(rule));
        await AssertSameAsync(engine, first, With(rule));
        await Until.TrueAsync("the rule's time is over",
            async () => (await engine.Runs.EnqueueAsync(With(rule))).Outcome == EnqueueOutcome.Accepted);
    }

    [Fact]
    public async Task Unique_key_belongs_to_its_job()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(With(_active));
        await engine.EnqueueAsync(With(_active) with { Job = "other" });
        await engine.EnqueueAsync(With(new UniqueRule { Key = "l" }));
    }

    [Fact]
    public async Task Unique_key_is_free_again_when_its_run_is_forgotten()
    {
        var engine = await StartAsync();
        var forever = new UniqueRule { Key = "k", For = TimeSpan.FromDays(1) };
        var first = await engine.EndNewAsync(AttemptOutcome.Succeeded, With(forever));
        await engine.DeleteAsync(first);
        await engine.EnqueueAsync(With(forever));
    }

    [Fact]
    public async Task Forgetting_an_older_run_leaves_the_key_to_the_newer_one()
    {
        var engine = await StartAsync();
        var first = await engine.EndNewAsync(AttemptOutcome.Succeeded, With(_active));
        var second = await engine.EnqueueAsync(With(_active));
        await engine.DeleteAsync(first);
        await AssertSameAsync(engine, second, With(_active));
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task Request_made_again_leads_to_the_same_run_also_when_that_is_final(int partitions)
    {
        var engine = await StartAsync(partitions);
        var spec = Engine.Spec() with { IdempotencyKey = "order-7", Fingerprint = "f1" };
        var first = await engine.EnqueueAsync(spec);
        await AssertSameAsync(engine, first, spec);
        await engine.CancelAsync(first);
        await AssertSameAsync(engine, first, spec);
        await engine.DeleteAsync(first);
        await engine.EnqueueAsync(spec);
    }

    [Fact]
    public async Task Idempotency_key_of_another_request_is_a_conflict_and_stores_nothing()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(Engine.Spec() with { IdempotencyKey = "order-7", Fingerprint = "f1" });
        var result = await engine.Runs.EnqueueAsync(Engine.Spec() with { IdempotencyKey = "order-7", Fingerprint = "f2" });
        Assert.Equal(EnqueueOutcome.Conflict, result.Outcome);
        Assert.Null(await engine.Reader.GetAsync(result.Id));
        Assert.Equal("queued 1", await engine.CountsAsync());
    }

    [Theory, InlineData(1), InlineData(3)]
    public async Task One_batch_may_hold_all_kinds(int partitions)
    {
        var engine = await StartAsync(partitions);
        var asked = Engine.Spec() with { IdempotencyKey = "i", Fingerprint = "f" };
        var results = await engine.Runs.EnqueueAsync(
        [
            Engine.Spec(),
            With(_active),
            Engine.Spec() with { Delay = TimeSpan.FromHours(1) },
            asked,
            With(_active),
            Engine.Spec(),
            asked,
            asked with { Fingerprint = "g" },
            With(_queued) with { IdempotencyKey = "j", Fingerprint = "f" },
        ]);
        Assert.Equal("AAAADADCD", string.Concat(results.Select(result => result.Outcome.ToString()[0])));
        Assert.Equal(results[1].Id, results[4].Id);
        Assert.Equal(results[3].Id, results[6].Id);
        Assert.Equal(results[1].Id, results[8].Id);
        Assert.Equal("scheduled 1, queued 4", await engine.CountsAsync());
    }

    [Fact]
    public async Task Of_many_callers_at_once_one_creates_the_run()
    {
        var engine = await StartAsync(3);
        var other = await StartAsync(3, engine.Prefix);
        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => (i % 2 == 0 ? engine : other).Runs.EnqueueAsync(With(_active)))).Soon();
        Assert.Single(results, result => result.Outcome == EnqueueOutcome.Accepted);
        Assert.Single(results.Select(result => result.Id).Distinct());
    }

    [Theory, InlineData(UniqueScope.Active), InlineData(UniqueScope.Queued)]
    public async Task Replacing_gives_a_queued_run_the_newer_input(UniqueScope scope)
    {
        var engine = await StartAsync();
        var rule = new UniqueRule { Key = "k", Scope = scope, Replace = true };
        var first = await engine.EnqueueAsync(With(rule, "1"));
        await AssertSameAsync(engine, first, With(rule, "2"));
        await AssertSameAsync(engine, first, With(rule, "3"));
        Assert.Equal("queued0 queued0 queued0", await engine.TimelineAsync(first));
        Assert.Equal("queued 1", await engine.CountsAsync());
        var run = await engine.TakeOneAsync();
        Assert.Equal((first, "3"), (run.Id, Encoding.UTF8.GetString(run.Input.Span)));
        Assert.Empty(await engine.TakeAsync(1));
    }

    [Fact]
    public async Task Replacing_moves_a_scheduled_run_to_the_newer_time()
    {
        var engine = await StartAsync();
        var first = await engine.EnqueueAsync(With(_replace, "1") with { Delay = TimeSpan.FromHours(1) });
        await AssertSameAsync(engine, first, With(_replace, "2") with { Delay = TimeSpan.FromHours(2) });
        var run = await engine.RunAsync(first);
        Assert.InRange(run.DueAt!.Value - run.CreatedAt, TimeSpan.FromHours(2), TimeSpan.FromHours(2.1));
        await AssertSameAsync(engine, first, With(_replace, "3"));
        Assert.Equal("scheduled0 scheduled0 queued0", await engine.TimelineAsync(first));
        Assert.Equal("3", Encoding.UTF8.GetString((await engine.TakeOneAsync()).Input.Span));
        await engine.Sweep.PromoteAsync(engine.Keys.Partitions[0]);
        Assert.Empty(await engine.TakeAsync(1));
    }

    [Fact]
    public async Task Replacing_leaves_a_run_alone_that_a_worker_took_before_anybody_recorded_its_start()
    {
        var engine = await StartAsync();
        var first = await engine.EnqueueAsync(With(_replace, "1"));
        var run = await engine.TakeOneAsync();
        await AssertSameAsync(engine, first, With(_replace, "2"));
        Assert.True(await engine.FinishAsync(run, AttemptOutcome.Succeeded));
        Assert.Equal("1", (await engine.RunAsync(first)).Input.GetRawText());
    }

    [Fact]
    public async Task A_run_that_a_worker_took_does_not_count_as_queued_though_nobody_recorded_its_start()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(With(_queued));
        var second = await engine.EnqueueAsync(With(_queued));
        Assert.NotEqual(run.Id, second);
    }

    [Fact]
    public async Task The_last_of_one_batch_replaces_those_before_it()
    {
        var engine = await StartAsync();
        var results = await engine.Runs.EnqueueAsync([With(_replace, "1") with { Delay = TimeSpan.FromHours(1) }, With(_replace, "2"), With(_replace, "3")]);
        Assert.Single(results.Select(result => result.Id).Distinct());
        await engine.Sweep.PromoteAsync(engine.Keys.Partitions[0]);
        Assert.Equal("3", Encoding.UTF8.GetString((await engine.TakeOneAsync()).Input.Span));
        Assert.Empty(await engine.TakeAsync(1));
    }

    private static RunSpec With(UniqueRule rule, string input) => Engine.Spec(input) with { Unique = rule };

    private static RunSpec With(UniqueRule rule) => Engine.Spec() with { Unique = rule };

    private static async Task AssertSameAsync(Engine engine, RunId earlier, RunSpec spec)
    {
        var result = await engine.Runs.EnqueueAsync(spec);
        Assert.Equal((EnqueueOutcome.Duplicate, earlier), (result.Outcome, result.Id));
    }
}

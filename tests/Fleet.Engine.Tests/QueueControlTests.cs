using Fleet.Engine.Catalogue;
using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

/// <summary>What an operator does to queues and workers, as far as Redis remembers it.</summary>
public sealed class QueueControlTests(RedisServer server) : EngineTests(server)
{
    [Fact]
    public async Task Pause_and_resume_are_remembered_and_told()
    {
        var engine = await StartAsync();
        var queues = engine.Get<QueueRegistry>();
        await queues.EnsureAsync("mail");
        var told = await engine.Connection.Subscriber.SubscribeAsync(RedisChannel.Literal(engine.Keys.Meta.Changed));

        await queues.PauseAsync("mail");
        Assert.Equal("queue mail", (await told.ReadAsync()).Message);
        Assert.True((await engine.Get<QueueReader>().FindAsync("mail"))!.Paused);

        await queues.ResumeAsync("mail");
        Assert.Equal("queue mail", (await told.ReadAsync()).Message);
        Assert.False((await engine.Get<QueueReader>().FindAsync("mail"))!.Paused);
        Assert.False(await engine.Redis.KeyExistsAsync(engine.Keys.Meta.Paused));
    }

    [Fact]
    public async Task Pausing_a_queue_that_was_never_used_makes_it()
    {
        var engine = await StartAsync();

        await engine.Get<QueueRegistry>().PauseAsync("new");

        Assert.Equal(["new"], (await engine.Get<QueueReader>().ListAsync()).Where(queue => queue.Paused).Select(queue => queue.Name));
        Assert.Null(await engine.Get<QueueReader>().FindAsync("other"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Restored_runs_are_next_in_line_and_nothing_tells_that_they_were_taken(int lines)
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(lines + 2);
        var taken = await engine.TakeAsync(lines);

        // From the back, as each may be put back only while nobody holds one from further back.
        foreach (var run in Enumerable.Reverse(taken)) Assert.True(await engine.Queue.TryRestoreAsync(run, Engine.Worker));

        Assert.Equal($"queued {lines + 2}", await engine.CountsAsync());
        var again = await engine.TakeAsync(10);
        Assert.Equal(ids, again.Select(run => run.Id));
        Assert.Equal(taken.Select(run => run.Entry), again.Take(lines).Select(run => run.Entry));
        foreach (var run in again) Assert.True(await engine.FinishAsync(run));
        foreach (var id in ids) Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(id));
        await engine.AssertIdleAsync();
    }

    [Fact]
    public async Task A_run_is_not_restored_while_somebody_holds_one_from_further_back()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(3);
        var first = await engine.TakeOneAsync();
        var second = await engine.TakeOneAsync("w2");

        Assert.False(await engine.Queue.TryRestoreAsync(first, Engine.Worker));

        // Nobody is handed the second one once more.
        Assert.Equal(3, (await engine.TakeAsync(10, "w3")).Select(run => run.Id).Append(first.Id).Append(second.Id).Distinct().Count());
        Assert.True(await engine.FinishAsync(first));
        Assert.True(await engine.FinishAsync(second, worker: "w2"));
    }

    [Fact]
    public async Task A_run_that_has_begun_or_is_not_ours_is_not_restored()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        var run = await engine.TakeNewAsync();
        Assert.False(await engine.Queue.TryRestoreAsync(run, "w2"));
        await engine.BeginAsync(run);
        Assert.False(await engine.Queue.TryRestoreAsync(run, Engine.Worker));
        await engine.LoseWorkersAsync();
        Assert.False(await engine.Queue.TryRestoreAsync(run, Engine.Worker));
        Assert.Equal("queued 1", await engine.CountsAsync());
    }

    [Fact]
    public async Task A_worker_that_was_told_to_drain_shows_so_until_it_starts_anew_or_leaves()
    {
        var engine = await StartAsync();
        var workers = engine.Get<WorkerRegistry>();
        Assert.False(await workers.DrainAsync("anna"));
        await workers.AnnounceAsync(Info("anna"));

        Assert.True(await workers.DrainAsync("anna"));
        Assert.True(await workers.IsDrainingAsync("anna"));
        Assert.Equal(WorkerState.Draining, Assert.Single(await workers.ListAsync()).State);

        await workers.RelieveAsync("anna");
        Assert.Equal(WorkerState.Connected, Assert.Single(await workers.ListAsync()).State);

        Assert.True(await workers.DrainAsync("anna"));
        await workers.RemoveAsync("anna");
        Assert.False(await engine.Redis.KeyExistsAsync(engine.Keys.Meta.Draining));
    }

    [Fact]
    public async Task A_mark_of_a_worker_that_left_as_it_was_told_to_drain_is_swept_up()
    {
        var engine = await StartAsync();
        var workers = engine.Get<WorkerRegistry>();
        await workers.AnnounceAsync(Info("anna"));
        await workers.DrainAsync("anna");
        await engine.Redis.SetAddAsync(engine.Keys.Meta.Draining, "gone");

        await workers.ForgetAsync(TimeSpan.FromHours(1));

        Assert.Equal(["anna"], (await engine.Redis.SetMembersAsync(engine.Keys.Meta.Draining)).Select(id => id.ToString()));
    }

    [Fact]
    public async Task Cancelling_what_waits_leaves_alone_what_a_worker_holds()
    {
        var engine = await StartAsync();
        var ids = await engine.EnqueueAsync(3);
        var scheduled = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromHours(1) });
        var begun = await engine.TakeOneAsync();
        await engine.BeginAsync(begun);
        var taken = await engine.TakeOneAsync();

        var outcomes = await engine.Runs.CancelAsync([.. ids, scheduled], waiting: true);

        Assert.Equal([Runs.CancelOutcome.Held, Runs.CancelOutcome.Held, Runs.CancelOutcome.Cancelled, Runs.CancelOutcome.Cancelled], outcomes);
        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(begun));
        Assert.True(await engine.FinishAsync(taken));
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(taken.Id));
        Assert.Equal("queued0 cancelled0", await engine.TimelineAsync(ids[2]));
    }

    private static WorkerInfo Info(string id) => new() { Id = id, Host = "here", Version = "1", StartedAt = DateTimeOffset.UnixEpoch };
}

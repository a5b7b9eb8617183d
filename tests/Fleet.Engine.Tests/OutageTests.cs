using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

/// <summary>Redis forgets its scripts, loses its data, or goes away: everything goes on.</summary>
public sealed class OutageTests() : EngineTests(RedisServer.OfItsOwn())
{
    public override Task InitializeAsync() => Server.InitializeAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await Server.DisposeAsync();
    }

    [Fact]
    public async Task Forgotten_scripts_are_taught_again_in_the_middle_of_everything()
    {
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.Zero);
        async Task FlushAsync() => await engine.Redis.ExecuteAsync("SCRIPT", "FLUSH");

        await FlushAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(1) });
        await FlushAsync();
        await engine.PromoteAllButAsync();
        await FlushAsync();
        await engine.TakeOneAsync();
        await FlushAsync();
        await engine.LoseWorkersAsync();
        await FlushAsync();
        var run = await engine.TakeOneAsync();
        await FlushAsync();
        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(run));
        await FlushAsync();
        Assert.True(await engine.AppendAsync(run, Engine.Log("a")));
        await FlushAsync();
        Assert.True(await engine.FinishAsync(run));
        await FlushAsync();
        Assert.Equal(ChangeOutcome.Done, await engine.RetryAsync(id));
        await FlushAsync();
        Assert.Equal(CancelOutcome.Cancelled, await engine.CancelAsync(id));
        Assert.Equal("scheduled0 queued0 started1 recovered1 queued1 started2 log2 succeeded2 queued2 cancelled2", await engine.TimelineAsync(id));
        await FlushAsync();
        Assert.Equal(ChangeOutcome.Done, await engine.DeleteAsync(id));
    }

    [Fact]
    public async Task After_all_data_is_lost_runs_are_taken_again_and_the_queue_is_known_again()
    {
        var time = new FastClock();
        var engine = await StartAsync(time: time);
        var before = await engine.TakeNewAsync();
        await engine.Redis.ExecuteAsync("FLUSHALL");
        Assert.False(await engine.FinishAsync(before));

        var id = await engine.EnqueueAsync();
        Assert.Equal(id, (await engine.TakeOneAsync()).Id);
        time.Skip(TimeSpan.FromSeconds(11));
        await engine.EnqueueAsync();
        Assert.Equal(["default"], await engine.Get<QueueRegistry>().ListAsync());
        Assert.Equal("queued 1, running 1", await engine.CountsAsync());
    }

    [Fact]
    public async Task After_Redis_was_killed_and_started_again_everything_goes_on()
    {
        var engine = await StartAsync(sweeps: true);
        var running = await engine.TakeNewAsync();
        await engine.BeginAsync(running);
        var untouched = await engine.TakeNewAsync();
        var waiting = await engine.EnqueueAsync();
        var later = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(1) });

        await Server.KillAsync();
        // A call that meets its connection just as that breaks fails with whatever broke it.
        await Until.TrueAsync("the connection is lost", () => Task.FromResult(!engine.Connection.IsConnected));
        await Assert.ThrowsAnyAsync<RedisException>(() => engine.Runs.EnqueueAsync(Engine.Spec()).Soon());
        await Assert.ThrowsAnyAsync<RedisException>(() => engine.FinishAsync(running).Soon());
        await Server.RestartAsync();
        await Eventually.AnswersAsync(engine.Connection);

        await Until.TrueAsync("what became due is queued", async () =>
        {
            // A sweep that ended says why here.
            if (engine.Sweeping.IsCompleted) await engine.Sweeping;
            return await engine.StateAsync(later) == RunState.Queued;
        });
        Assert.True(await engine.FinishAsync(running));
        Assert.True(await engine.FinishAsync(untouched));
        foreach (var run in await engine.TakeAsync(2)) Assert.True(await engine.FinishAsync(run));
        Assert.Equal(RunState.Succeeded, await engine.StateAsync(waiting));
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(running.Id));
        Assert.Equal("scheduled0 queued0 started1 succeeded1", await engine.TimelineAsync(later));
        await engine.FinishAsync(await engine.TakeNewAsync());
        await engine.AssertIdleAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task After_Redis_was_away_for_longer_than_the_lease_workers_get_time_to_report(bool restarted)
    {
        // Longer than Redis has been up, so that only what follows counts.
        var engine = await StartAsync(bend: options => options.Lease = TimeSpan.FromSeconds(2), sweeps: true);
        var lost = await engine.TakeNewAsync();
        await Until.TrueAsync("leases count", async () => (await engine.RunAsync(lost.Id)).Seq > 1);
        await engine.FinishAsync(await engine.TakeOneAsync());

        var run = await engine.TakeNewAsync();
        await engine.BeginAsync(run);
        await (restarted ? Server.KillAsync() : Server.FreezeAsync());
        for (var from = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(6);)
            await Assert.ThrowsAnyAsync<Exception>(() => engine.Redis.PingAsync().Soon());
        await (restarted ? Server.RestartAsync() : Server.ThawAsync());
        await Eventually.AnswersAsync(engine.Connection);

        // The sweep is at work again, also one that starts only now.
        var other = await StartAsync(prefix: engine.Prefix, bend: options => options.Lease = TimeSpan.FromSeconds(2), sweeps: restarted);
        for (var round = 0; round < 2; round++)
        {
            var due = await other.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(1), Queue = "due" });
            await Until.TrueAsync("what became due is queued", async () => await other.StateAsync(due) == RunState.Queued);
        }

        Assert.True(await engine.FinishAsync(run));
        Assert.Equal("queued0 started1 succeeded1", await engine.TimelineAsync(run.Id));
    }

    [Fact]
    public async Task A_sweep_that_starts_while_Redis_does_not_answer_waits_for_it()
    {
        var engine = await StartAsync();
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(1) });
        await Server.FreezeAsync();
        await engine.Sweep.StartAsync(CancellationToken.None);
        // Longer than anybody waits for an answer.
        for (var from = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(from) < TimeSpan.FromSeconds(6);)
            await Assert.ThrowsAnyAsync<Exception>(() => engine.Redis.PingAsync().Soon());
        await Server.ThawAsync();

        await Until.TrueAsync("what became due is queued", async () =>
        {
            if (engine.Sweep.ExecuteTask!.IsCompleted) await engine.Sweep.ExecuteTask;
            return await engine.StateAsync(id) == RunState.Queued;
        });
        await engine.Sweep.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_Redis_that_is_full_takes_nothing_new_and_lets_everything_else_go_on()
    {
        var engine = await StartAsync(bend: options => (options.Lease, options.Retention.Succeeded) = (TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        var kept = await engine.EndNewAsync(AttemptOutcome.Failed);
        var (succeeds, failing, retried, snoozed, released) =
            (await engine.TakeNewAsync(), await engine.TakeNewAsync(), await engine.TakeNewAsync(), await engine.TakeNewAsync(), await engine.TakeNewAsync());
        var waiting = await engine.EnqueueAsync();
        var due = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromMilliseconds(1) });
        await engine.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        async Task RefusedAsync(Func<Task> call) => Assert.True(RedisFailure.IsFull(await Assert.ThrowsAsync<RedisServerException>(call)));

        await RefusedAsync(() => engine.EnqueueAsync());
        await RefusedAsync(() => engine.EnqueueAsync(Engine.Spec() with { Queue = "new" }));
        await RefusedAsync(() => engine.RetryAsync(kept));
        await RefusedAsync(() => engine.AppendAsync(succeeds, Engine.Log("a")));

        Assert.Equal(AttemptStanding.Current, await engine.BeginAsync(succeeds));
        Assert.True(await engine.FinishAsync(succeeds));
        Assert.True(await engine.FinishAsync(failing, AttemptOutcome.Failed));
        Assert.True(await engine.FinishAsync(retried, AttemptOutcome.Retry));
        Assert.True(await engine.FinishAsync(snoozed, AttemptOutcome.Snooze));
        Assert.True(await engine.FinishAsync(released, AttemptOutcome.Release));
        Assert.Equal(CancelOutcome.Cancelled, await engine.CancelAsync(waiting));
        await engine.PromoteAllButAsync();
        await engine.TakeAsync(10);
        await engine.LoseWorkersAsync();
        foreach (var run in await engine.TakeAsync(10)) Assert.True(await engine.FinishAsync(run));
        Assert.Equal("scheduled0 queued0 started1 recovered1 queued1 started2 succeeded2", await engine.TimelineAsync(due));
        await engine.AssertIdleAsync();
        Assert.Equal(ChangeOutcome.Done, await engine.DeleteAsync(kept));
        await Until.TrueAsync("what is old is forgotten", async () =>
        {
            await engine.Sweep.ForgetAsync(engine.Keys.Partitions[0]);
            return await engine.CountsAsync() == "failed 1, cancelled 1";
        });

        await engine.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        await engine.FinishAsync(await engine.TakeNewAsync());
    }

    [Fact]
    public async Task In_a_Redis_that_is_full_the_sweep_goes_on_by_itself()
    {
        var engine = await StartAsync(sweeps: true);
        var id = await engine.EnqueueAsync(Engine.Spec() with { Delay = TimeSpan.FromSeconds(4) });
        await engine.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        // Longer than anybody holds the lock without renewing it.
        await Until.TrueAsync("what became due is queued", async () => await engine.StateAsync(id) == RunState.Queued);
        await engine.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
    }

    /// <summary>A monotonic clock that can be put forward.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);

        public void Skip(TimeSpan time) => Interlocked.Add(ref _ahead, (long)(time.TotalSeconds * TimestampFrequency));
    }
}

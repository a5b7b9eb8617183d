using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;

namespace Fleet.Engine.Tests;

/// <summary>What the tests say to an engine.</summary>
internal sealed partial class Engine
{
    public const string Worker = "w1";

    public static RunSpec Spec(string input = "{}", string job = "echo") => new() { Job = job, Input = Encoding.UTF8.GetBytes(input) };

    public async Task<RunId> EnqueueAsync(RunSpec? spec = null)
    {
        var result = await Runs.EnqueueAsync(spec ?? Spec());
        Assert.Equal(EnqueueOutcome.Accepted, result.Outcome);
        return result.Id;
    }

    public async Task<RunId[]> EnqueueAsync(int count, Func<int, RunSpec>? spec = null)
    {
        var results = await Runs.EnqueueAsync([.. Enumerable.Range(0, count).Select(spec ?? (_ => Spec()))]);
        Assert.All(results, result => Assert.Equal(EnqueueOutcome.Accepted, result.Outcome));
        return [.. results.Select(result => result.Id)];
    }

    /// <summary>All lines of the queues in one partition, the most urgent first.</summary>
    public static WaitingLine[] Lines(PartitionKeys partition, params string[] queues) =>
        [.. from priority in Priorities.All from queue in queues select new WaitingLine(partition, queue, priority)];

    /// <summary>Takes up to so many runs of one queue from all partitions.</summary>
    public async Task<List<TakenRun>> TakeAsync(int count, string worker = Worker, string queue = "default")
    {
        var taken = new List<TakenRun>();
        foreach (var partition in Keys.Partitions)
            taken.AddRange(await Queue.TakeAsync(Lines(partition, queue), worker, count - taken.Count));
        return taken;
    }

    public async Task<TakenRun> TakeOneAsync(string worker = Worker) => Assert.Single(await TakeAsync(1, worker));

    /// <summary>Enqueues a run and takes it.</summary>
    public async Task<TakenRun> TakeNewAsync(RunSpec? spec = null, string worker = Worker)
    {
        await EnqueueAsync(spec);
        return await TakeOneAsync(worker);
    }

    public async Task<AttemptStanding> BeginAsync(TakenRun run, string worker = Worker) =>
        Assert.Single(await Queue.StartAsync(worker, [(run, Stopwatch.GetTimestamp())]));

    public async Task<bool> AppendAsync(TakenRun run, params AttemptEvent[] events) =>
        Assert.Single(await Queue.AppendAsync(Worker, [new AttemptEvents(run, Stopwatch.GetTimestamp(), events)]));

    public static AttemptEvent Log(string line) => new(EventType.Log, $$"""{"line":"{{line}}"}""");

    public static AttemptEvent Progress(double value) => new(EventType.Progress, $$"""{"value":{{JsonSerializer.Serialize(value)}},"message":null}""");

    public static AttemptReport Report(TakenRun run, AttemptOutcome outcome, string? payload = null, TimeSpan delay = default) => new()
    {
        Run = run,
        Outcome = outcome,
        Payload = Encoding.UTF8.GetBytes(payload ?? PayloadOf(outcome)),
        Delay = delay,
        StartedAt = Stopwatch.GetTimestamp(),
    };

    public async Task<bool> FinishAsync(
        TakenRun run, AttemptOutcome outcome = AttemptOutcome.Succeeded, string? payload = null, TimeSpan delay = default, string worker = Worker) =>
        Assert.Single(await Queue.FinishAsync(worker, [Report(run, outcome, payload, delay)]));

    /// <summary>Gives a run back that was taken and not begun.</summary>
    public async Task<bool> GiveBackAsync(TakenRun run) =>
        Assert.Single(await Queue.FinishAsync(Worker, [Report(run, AttemptOutcome.Release) with { StartedAt = null }]));

    /// <summary>Brings a run to the state that this outcome leads to.</summary>
    public async Task<RunId> EndNewAsync(AttemptOutcome outcome, RunSpec? spec = null)
    {
        var run = await TakeNewAsync(spec);
        Assert.True(await FinishAsync(run, outcome));
        return run.Id;
    }

    public async Task<CancelOutcome> CancelAsync(RunId id) => Assert.Single(await Runs.CancelAsync([id]));

    public async Task<ChangeOutcome> RetryAsync(RunId id) => Assert.Single(await Runs.RetryAsync([id]));

    public async Task<ChangeOutcome> DeleteAsync(RunId id) => Assert.Single(await Runs.DeleteAsync([id]));

    /// <summary>Lets every lease lapse. The engine's lease must be zero.</summary>
    public async Task LoseWorkersAsync()
    {
        Assert.Equal(TimeSpan.Zero, Options.Lease);
        foreach (var partition in Keys.Partitions) await Sweep.RecoverAsync(partition);
    }

    /// <summary>Promotes until no more runs than these wait for their time.</summary>
    public Task PromoteAllButAsync(int later = 0) => Until.TrueAsync($"all runs but {later} are due", async () =>
    {
        long waiting = 0;
        foreach (var partition in Keys.Partitions)
        {
            await Sweep.PromoteAsync(partition);
            waiting += await Redis.SortedSetLengthAsync(partition.Due);
        }

        return waiting <= later;
    });

    public async Task<Run> RunAsync(RunId id)
    {
        var record = await Reader.GetAsync(id);
        Assert.NotNull(record);
        return record.Run;
    }

    public async Task<RunState> StateAsync(RunId id) => (await RunAsync(id)).State;

    /// <summary>A run's whole timeline, which must be 1, 2, 3 … in time and as long as its record says.</summary>
    public async Task<IReadOnlyList<RunEvent>> EventsAsync(RunId id)
    {
        var timeline = await Reader.EventsAsync(id, 0);
        Assert.NotNull(timeline);
        Assert.False(timeline.Gap);
        Assert.Equal(Enumerable.Range(1, timeline.Events.Count).Select(seq => (long)seq), timeline.Events.Select(e => e.Seq));
        Assert.Equal(timeline.Run.Seq, timeline.Events.Count);
        Assert.Equal(timeline.Events.Select(e => e.At).Order(), timeline.Events.Select(e => e.At));
        return timeline.Events;
    }

    /// <summary>A run's whole timeline in words: "queued0 started1 succeeded1", each with its attempt.</summary>
    public async Task<string> TimelineAsync(RunId id) =>
        string.Join(' ', (await EventsAsync(id)).Select(e => $"{e.Type.Name()}{e.Attempt}"));

    /// <summary>The keys under the engine's prefix that match a pattern.</summary>
    public async Task<IReadOnlyList<string>> KeysLikeAsync(string pattern)
    {
        var keys = (string[])(await Redis.ExecuteAsync("KEYS", $"{Prefix}:{pattern}"))!;
        return [.. keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>How many runs are in each state where there are any: "queued 2, running 1".</summary>
    public async Task<string> CountsAsync() =>
        string.Join(", ", (await Stats.CountsAsync()).Where(count => count.Value != 0).Select(count => $"{count.Key} {count.Value}"));

    /// <summary>Nothing waits, nothing is in flight and nothing will be due.</summary>
    public async Task AssertIdleAsync(string queue = "default")
    {
        foreach (var partition in Keys.Partitions)
        {
            Assert.Equal(0, await Redis.SortedSetLengthAsync(partition.Due));
            foreach (var line in Lines(partition, queue))
            {
                Assert.Equal(0, await Redis.StreamLengthAsync(line.Stream));
                if (await Redis.KeyExistsAsync(line.Stream))
                    Assert.Equal(0, (await Redis.StreamPendingAsync(line.Stream, "fleet")).PendingMessageCount);
            }
        }
    }

    private static string PayloadOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Succeeded => """{"ok":true}""",
        AttemptOutcome.Failed or AttemptOutcome.Retry => """{"type":"boom","message":"It broke.","detail":null}""",
        _ => "",
    };
}

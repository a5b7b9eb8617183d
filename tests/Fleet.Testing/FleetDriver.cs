using System.Text;
using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Testing;

/// <summary>Moves runs through their lives step by step, as callers and a worker do, from a test that decides when.</summary>
/// <param name="services">A host's services with the engine among them.</param>
public sealed class FleetDriver(IServiceProvider services)
{
    /// <summary>The name it has as a worker.</summary>
    public const string Worker = "driver";

    private readonly RunStore _store = services.GetRequiredService<RunStore>();
    private readonly WorkQueue _queue = services.GetRequiredService<WorkQueue>();
    private readonly FleetKeys _keys = services.GetRequiredService<FleetKeys>();

    /// <summary>Has a run taken.</summary>
    public async Task<RunId> EnqueueAsync(string job = "test.job", params string[] tags) =>
        (await _store.EnqueueAsync(Spec(job, tags))).Id;

    /// <summary>Has many runs taken.</summary>
    public async Task<IReadOnlyList<RunId>> EnqueueManyAsync(int count, string job = "test.job") =>
        [.. (await _store.EnqueueAsync([.. Enumerable.Range(0, count).Select(_ => Spec(job, []))])).Select(result => result.Id)];

    /// <summary>Takes up to this many waiting runs.</summary>
    public async Task<IReadOnlyList<TakenRun>> TakeAsync(int count)
    {
        var taken = new List<TakenRun>();
        foreach (var partition in _keys.Partitions)
        {
            if (taken.Count < count)
                taken.AddRange(await _queue.TakeAsync([new WaitingLine(partition, "default", Priority.Normal)], Worker, count - taken.Count));
        }

        return taken;
    }

    /// <summary>Takes the one run that waits, and starts it.</summary>
    public async Task<TakenRun> StartOneAsync()
    {
        var run = (await TakeAsync(1))[0];
        await _queue.StartAsync(Worker, [(run, Now)]);
        return run;
    }

    /// <summary>Writes log lines to a run's timeline, with one call: <c>line 1</c>, <c>line 2</c> …</summary>
    /// <param name="run">The run.</param>
    /// <param name="first">The first line's number.</param>
    /// <param name="count">How many lines.</param>
    /// <param name="length">How long to make each line at least.</param>
    public async Task LogAsync(TakenRun run, int first, int count, int length = 0)
    {
        var lines = Enumerable.Range(first, count)
            .Select(number => new AttemptEvent(EventType.Log, JsonSerializer.Serialize(new { line = $"line {number}".PadRight(length) }, FleetJson.Options)));
        if (!(await _queue.AppendAsync(Worker, [new AttemptEvents(run, Now, [.. lines])]))[0])
            throw new InvalidOperationException($"The attempt of {run.Id} is no longer current.");
    }

    /// <summary>Ends attempts.</summary>
    public async Task FinishAsync(IReadOnlyList<TakenRun> runs, AttemptOutcome outcome = AttemptOutcome.Succeeded)
    {
        var payload = Encoding.UTF8.GetBytes(outcome == AttemptOutcome.Succeeded ? """{"ok":true}""" : """{"type":"test","message":"no","detail":null}""");
        var reports = runs.Select(run => new AttemptReport { Run = run, Outcome = outcome, Payload = payload, StartedAt = Now });
        foreach (var partition in reports.GroupBy(report => report.Run.Line.Partition))
        {
            foreach (var batch in partition.Chunk(128)) await _queue.FinishAsync(Worker, batch);
        }
    }

    /// <summary>Takes the one run that waits, and lets it succeed.</summary>
    public async Task SucceedOneAsync() => await FinishAsync([await StartOneAsync()]);

    /// <summary>Puts a final run back into its queue.</summary>
    public async Task<ChangeOutcome> RetryAsync(RunId id) => (await _store.RetryAsync([id]))[0];

    private static long Now => TimeProvider.System.GetTimestamp();

    private static RunSpec Spec(string job, string[] tags) => new()
    {
        Job = job,
        Input = "{}"u8.ToArray(),
        Options = tags.Length == 0 ? RunOptions.None : new RunOptions { Tags = tags },
    };
}

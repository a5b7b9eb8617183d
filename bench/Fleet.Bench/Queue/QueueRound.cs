using System.Text;
using System.Text.Json;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Engine.Runs;

namespace Fleet.Bench.Queue;

/// <summary>
/// One round: fills the queues while they are paused, singly and in batches, then lets the workers empty them, with everything on that a
/// default run has (timeline, listing, counters, feed, retention).
/// </summary>
internal static class QueueRound
{
    /// <summary>How many calls of one run are under way at a time.</summary>
    private const int Callers = 64;

    /// <summary>One run in so many is enqueued alone.</summary>
    private const int SingleShare = 10;

    /// <summary>Before anything is measured each worker has executed about so many, which its runtime has then compiled for speed.</summary>
    private const int WarmUpRuns = 20_000;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Measures in a Redis and with workers of the round's own.</summary>
    public static async Task<QueueRow> MeasureAsync(QueueScenario scenario)
    {
        await using var fleet = await BenchFleet.StartAsync(scenario.AppendOnly, scenario.Servers, scenario.Partitions);
        await fleet.StartWorkersAsync(scenario.Workers, new WorkerSettings { Slots = scenario.Slots, Partitions = scenario.Partitions });
        var runs = new List<RunId>(await WarmUpAsync(fleet, scenario));
        var row = await MeasureAsync(fleet, scenario, runs);
        await fleet.RequireExactlyOnceAsync(runs);
        return row;
    }

    public static async Task<IReadOnlyList<RunId>> WarmUpAsync(BenchFleet fleet, QueueScenario scenario)
    {
        var count = (scenario with { Runs = WarmUpRuns * scenario.Workers }).Fitting().Runs;
        var before = await fleet.SucceededAsync();
        var runs = await fleet.EnqueueAsync(count, SpecOf(scenario));
        await fleet.UntilSucceededAsync(before + count, Longest);
        return runs;
    }

    /// <summary>Measures in a fleet that is there already.</summary>
    /// <param name="fleet">The fleet.</param>
    /// <param name="scenario">What is measured.</param>
    /// <param name="runs">Gets the runs that were accepted.</param>
    public static async Task<QueueRow> MeasureAsync(BenchFleet fleet, QueueScenario scenario, List<RunId> runs)
    {
        var spec = SpecOf(scenario);
        var singles = scenario.Runs / SingleShare;
        var batched = scenario.Runs - singles;
        await fleet.PauseAsync(scenario.QueueNames);
        var succeeded = await fleet.SucceededAsync();
        var empty = await fleet.Redis.MemoryAsync();

        var meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        runs.AddRange(await EnqueueSinglyAsync(fleet.Store, singles, spec));
        var single = await meter.StopAsync();

        meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        runs.AddRange(await fleet.EnqueueAsync(batched, spec));
        var batch = await meter.StopAsync();
        var waiting = await fleet.Redis.MemoryAsync() - empty;

        await fleet.Redis.ResetStatsAsync();
        meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        await fleet.ResumeAsync(scenario.QueueNames);
        await fleet.UntilSucceededAsync(succeeded + scenario.Runs, Longest);
        var finish = await meter.StopAsync();
        return new QueueRow
        {
            Runs = scenario.Runs,
            Payload = scenario.Payload,
            Workers = scenario.Workers,
            Queues = scenario.Queues,
            Slots = scenario.Slots,
            AppendOnly = scenario.AppendOnly,
            EnqueuedPerSecond = batch.PerSecond(batched),
            SingleEnqueuedPerSecond = single.PerSecond(singles),
            FinishedPerSecond = finish.PerSecond(scenario.Runs),
            RedisEnqueueMicroseconds = Spent.Each(batch.Redis, batched),
            RedisSingleEnqueueMicroseconds = Spent.Each(single.Redis, singles),
            RedisFinishMicroseconds = Spent.Each(finish.Redis, scenario.Runs),
            WorkerMicroseconds = Spent.Each(finish.AllOthers, scenario.Runs),
            EachWorkerMicroseconds = [.. finish.Others.Select(cpu => Spent.Each(cpu, scenario.Runs))],
            ClientMicroseconds = Spent.Each(batch.Self, batched),
            SingleClientMicroseconds = Spent.Each(single.Self, singles),
            WaitingBytes = waiting / scenario.Runs,
            FinishedBytes = (await fleet.Redis.MemoryAsync() - empty) / scenario.Runs,
            Commands = await fleet.Redis.CommandStatsAsync(),
        };
    }

    /// <summary>The nth run. Its input is {"text":"…"} of just the size asked for.</summary>
    public static Func<int, RunSpec> SpecOf(QueueScenario scenario)
    {
        const int Frame = 11;
        var input = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { text = new string('x', Math.Max(scenario.Payload - Frame, 0)) }));
        var queues = scenario.QueueNames;
        return number => new RunSpec { Job = "noop", Queue = queues[number % queues.Count], Input = input };
    }

    private static async Task<IReadOnlyList<RunId>> EnqueueSinglyAsync(RunStore store, int count, Func<int, RunSpec> spec)
    {
        var next = -1;
        var callers = Enumerable.Range(0, Math.Min(Callers, count)).Select(async _ =>
        {
            var ids = new List<RunId>();
            for (int number; (number = Interlocked.Increment(ref next)) < count;) ids.Add((await store.EnqueueAsync(spec(number))).Id);
            return ids;
        });
        return [.. (await Task.WhenAll(callers)).SelectMany(ids => ids)];
    }
}

using System.Diagnostics;
using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Peers;

/// <summary>The work of a queue round, done by a peer on a Redis that is set up the same.</summary>
internal static class PeerRound
{
    private const int TuningRuns = 10_000;
    private const int WarmUpShare = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Finds the concurrency at which the peer finishes most.</summary>
    public static async Task<int> TuneAsync(Peer peer, QueueScenario scenario)
    {
        var small = scenario with { Runs = Math.Min(scenario.Runs, TuningRuns) };
        var best = (Concurrency: 0, PerSecond: 0.0);
        foreach (var concurrency in peer.Concurrencies)
        {
            var row = await MeasureAsync(peer, small, concurrency);
            Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{peer.Name} with a concurrency of {concurrency}: {row.FinishedPerSecond:N0} finished/s"));
            if (row.FinishedPerSecond > best.PerSecond) best = (concurrency, row.FinishedPerSecond);
        }

        return best.Concurrency;
    }

    public static async Task<QueueRow> MeasureAsync(Peer peer, QueueScenario scenario, int concurrency)
    {
        await using var redis = await BenchRedis.StartAsync(scenario.AppendOnly);
        var workers = Enumerable.Range(0, scenario.Workers).Select(_ => peer.StartWorker(redis, concurrency)).ToList();
        try
        {
            return await MeasureAsync(peer, scenario, concurrency, redis, workers);
        }
        finally
        {
            foreach (var worker in workers)
            {
                if (!worker.HasExited) worker.Kill(entireProcessTree: true);
                worker.Dispose();
            }
        }
    }

    private static async Task<QueueRow> MeasureAsync(Peer peer, QueueScenario scenario, int concurrency, BenchRedis redis, List<Process> workers)
    {
        var warm = Math.Max(scenario.Runs / WarmUpShare, 1);
        await peer.EnqueueAsync(redis, warm, scenario.Payload);
        await UntilEmptyAsync();

        // No peer can hold a queue back as Fleet does, so its workers are stopped where they are while the queue is filled.
        foreach (var member in workers.SelectMany(ProcessTree.Members)) await SignalAsync(member.Id, "STOP");
        var empty = await redis.MemoryAsync();
        var meter = await CpuMeter.StartAsync(redis, workers);
        var (elapsed, client) = await peer.EnqueueAsync(redis, scenario.Runs, scenario.Payload);
        var enqueue = await meter.StopAsync();
        var waiting = await redis.MemoryAsync() - empty;

        await redis.ResetStatsAsync();
        meter = await CpuMeter.StartAsync(redis, workers);
        foreach (var member in workers.SelectMany(ProcessTree.Members)) await SignalAsync(member.Id, "CONT");
        await UntilEmptyAsync();
        var finish = await meter.StopAsync();
        var finished = await redis.MemoryAsync() - empty;
        var commands = await redis.CommandStatsAsync();

        foreach (var worker in workers)
        {
            await SignalAsync(worker.Id, "TERM");
            await worker.StandardOutput.ReadToEndAsync();
            await worker.WaitForExitAsync();
        }

        var executed = (long)await redis.Database.StringGetAsync(Peer.ExecutedKey);
        if (executed != scenario.Runs + warm)
            throw new MeasurementException($"{peer.Name} executed {executed} of {scenario.Runs + warm} runs: the figures would be wrong.");
        return new QueueRow
        {
            System = peer.Name,
            Runs = scenario.Runs,
            Payload = scenario.Payload,
            Workers = scenario.Workers,
            Queues = 1,
            Slots = concurrency,
            AppendOnly = scenario.AppendOnly,
            EnqueuedPerSecond = scenario.Runs / elapsed.TotalSeconds,
            FinishedPerSecond = finish.PerSecond(scenario.Runs),
            RedisEnqueueMicroseconds = Spent.Each(enqueue.Redis, scenario.Runs),
            RedisFinishMicroseconds = Spent.Each(finish.Redis, scenario.Runs),
            WorkerMicroseconds = Spent.Each(finish.AllOthers, scenario.Runs),
            EachWorkerMicroseconds = [.. finish.Others.Select(cpu => Spent.Each(cpu, scenario.Runs))],
            ClientMicroseconds = Spent.Each(client, scenario.Runs),
            WaitingBytes = waiting / scenario.Runs,
            FinishedBytes = finished / scenario.Runs,
            Commands = commands,
        };

        Task UntilEmptyAsync() => BenchFleet.UntilAsync(async () =>
        {
            if (workers.Find(worker => worker.HasExited) is { } ended)
                throw new MeasurementException($"A worker of {peer.Name} ended with code {ended.ExitCode}.");
            return await peer.LeftAsync(redis) == 0;
        }, Longest);
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Bench;

/// <summary>
/// How fast runs are accepted through the engine and finished by worker processes, with everything on that a default run has, and
/// what that costs Redis and the workers.
/// </summary>
internal sealed class QueueBench
{
    private const int BatchRuns = 10_000;
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };

    private readonly int _runs;
    private readonly int _slots;
    private readonly int _workers;
    private readonly bool _appendOnly;
    private readonly byte[] _input;

    private QueueBench(int runs, int slots, int workers, int payload, bool appendOnly)
    {
        _runs = runs;
        _slots = slots;
        _workers = workers;
        _appendOnly = appendOnly;
        // {"text":"…"} of just the size asked for.
        _input = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { text = new string('x', Math.Max(payload - 11, 0)) }));
    }

    public static Command Command()
    {
        var runs = new Option<int>("--runs") { Description = "How many runs a round has.", DefaultValueFactory = _ => 100_000 };
        var rounds = new Option<int>("--rounds") { Description = "How many rounds are measured; the median counts.", DefaultValueFactory = _ => 3 };
        var slots = new Option<int>("--slots") { Description = "Slots of each worker.", DefaultValueFactory = _ => 512 };
        var workers = new Option<int>("--workers") { Description = "Worker processes.", DefaultValueFactory = _ => 1 };
        var payload = new Option<int>("--payload") { Description = "Bytes of each input.", DefaultValueFactory = _ => 30 };
        var noAof = new Option<bool>("--no-aof") { Description = "Redis without the append-only file." };
        var json = new Option<bool>("--json") { Description = "One JSON document instead of a table." };
        var command = new Command("queue", "Enqueue through the engine, finish with worker processes.") { runs, rounds, slots, workers, payload, noAof, json };
        command.SetAction(async (parsed, _) =>
        {
            var bench = new QueueBench(parsed.GetValue(runs), parsed.GetValue(slots), parsed.GetValue(workers),
                parsed.GetValue(payload), !parsed.GetValue(noAof));
            var measured = new List<QueueRound>();
            // The first round warms up what can be warmed and is not counted.
            for (var round = 0; round <= parsed.GetValue(rounds); round++)
            {
                var result = await bench.MeasureAsync(round == 0 ? Math.Min(bench._runs, 20_000) : bench._runs);
                if (round > 0) measured.Add(result);
            }

            Print(QueueRound.Median(measured), measured.Count, parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private async Task<QueueRound> MeasureAsync(int runs)
    {
        await using var redis = await BenchRedis.StartAsync(_appendOnly);
        using var host = await BenchEngine.StartAsync(redis.Address);
        var store = host.Services.GetRequiredService<RunStore>();
        var keys = host.Services.GetRequiredService<FleetKeys>().Partitions[0];
        var empty = await redis.MemoryAsync();

        var (enqueued, enqueueCpu) = await TimeAsync(redis, () => EnqueueAsync(store, runs));
        var waiting = await redis.MemoryAsync() - empty;
        await redis.ResetStatsAsync();

        var workers = Enumerable.Range(0, _workers).Select(_ => BenchWorker.Start(redis.Address, _slots)).ToList();
        var done = await FinishAsync(redis, keys, workers, runs);
        var finished = await redis.MemoryAsync() - empty;
        var commands = await redis.CommandStatsAsync();
        foreach (var worker in workers) await BenchWorker.StopAsync(worker);
        await host.StopAsync();

        await RequireAllSucceededAsync(redis, keys, runs);
        return new QueueRound
        {
            Runs = runs,
            EnqueuedPerSecond = runs / enqueued.TotalSeconds,
            FinishedPerSecond = done.PerSecond,
            RedisEnqueueMicroseconds = enqueueCpu / runs * 1e6,
            RedisFinishMicroseconds = done.RedisCpu / done.Runs * 1e6,
            WorkerMicroseconds = done.WorkerCpu / done.Runs * 1e6,
            WaitingBytes = waiting / runs,
            FinishedBytes = finished / runs,
            Commands = commands.Where(command => command.Key.StartsWith("cmdstat_", StringComparison.Ordinal))
                .ToDictionary(command => command.Key["cmdstat_".Length..], command => command.Value),
        };
    }

    private async Task EnqueueAsync(RunStore store, int runs)
    {
        for (var left = runs; left > 0; left -= BatchRuns)
        {
            var specs = Enumerable.Range(0, Math.Min(left, BatchRuns)).Select(_ => new RunSpec { Job = "noop", Input = _input }).ToArray();
            await store.EnqueueAsync(specs);
        }
    }

    /// <summary>Measures from the moment when the first runs are finished, so that the start of the processes does not count.</summary>
    private static async Task<Finished> FinishAsync(BenchRedis redis, PartitionKeys keys, List<Process> workers, int runs)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        Task<long> CountAsync() => redis.Database.SortedSetLengthAsync(keys.Final(RunState.Succeeded));

        long first;
        while ((first = await CountAsync()) == 0) await Task.Delay(5, timeout.Token);
        var redisCpu = await redis.CpuAsync();
        var workerCpu = WorkerCpu(workers);
        var clock = Stopwatch.StartNew();
        while (await CountAsync() < runs) await Task.Delay(5, timeout.Token);
        var elapsed = clock.Elapsed;
        return new Finished(runs - first, (runs - first) / elapsed.TotalSeconds, await redis.CpuAsync() - redisCpu, WorkerCpu(workers) - workerCpu);
    }

    private static double WorkerCpu(List<Process> workers)
    {
        foreach (var worker in workers) worker.Refresh();
        return workers.Sum(worker => worker.TotalProcessorTime.TotalSeconds);
    }

    private static async Task<(TimeSpan Elapsed, double RedisCpu)> TimeAsync(BenchRedis redis, Func<Task> action)
    {
        var cpu = await redis.CpuAsync();
        var clock = Stopwatch.StartNew();
        await action();
        return (clock.Elapsed, await redis.CpuAsync() - cpu);
    }

    /// <summary>A rate says nothing when runs were lost or executed twice.</summary>
    private static async Task RequireAllSucceededAsync(BenchRedis redis, PartitionKeys keys, int runs)
    {
        var succeeded = await redis.Database.SortedSetLengthAsync(keys.Final(RunState.Succeeded));
        var waiting = await redis.Database.StreamLengthAsync(keys.Stream("default", Priority.Normal));
        if (succeeded != runs || waiting != 0)
            throw new FleetException($"Of {runs} runs {succeeded} succeeded and {waiting} are left: the figures would be wrong.");

        foreach (var ids in (await redis.Database.SortedSetRangeByRankAsync(keys.Final(RunState.Succeeded))).Chunk(BatchRuns))
        {
            // Three events are queued, started, succeeded: one attempt, one end.
            var states = await Task.WhenAll(ids.Select(id => redis.Database.HashGetAsync(keys.Run(RunId.Parse(id.ToString())), "state")));
            if (!states.All(state => state.StartsWith("succeeded 3 1 "))) throw new FleetException("A run has more or fewer events than one execution makes.");
        }
    }

    private static void Print(QueueRound result, int rounds, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(result, Indented));
            return;
        }

        var culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(culture, $"{result.Runs:N0} runs, median of {rounds} rounds"));
        Console.WriteLine(string.Create(culture, $"  enqueued/s              {result.EnqueuedPerSecond,12:N0}"));
        Console.WriteLine(string.Create(culture, $"  finished/s              {result.FinishedPerSecond,12:N0}"));
        Console.WriteLine(string.Create(culture, $"  Redis CPU, enqueue      {result.RedisEnqueueMicroseconds,12:N1} µs a run"));
        Console.WriteLine(string.Create(culture, $"  Redis CPU, finish       {result.RedisFinishMicroseconds,12:N1} µs a run"));
        Console.WriteLine(string.Create(culture, $"  worker CPU              {result.WorkerMicroseconds,12:N1} µs a run"));
        Console.WriteLine(string.Create(culture, $"  memory, waiting run     {result.WaitingBytes,12:N0} bytes"));
        Console.WriteLine(string.Create(culture, $"  memory, finished run    {result.FinishedBytes,12:N0} bytes"));
        Console.WriteLine("  Redis commands while finishing:");
        foreach (var (name, stats) in result.Commands) Console.WriteLine($"    {name,-16} {stats}");
    }

    private sealed record Finished(long Runs, double PerSecond, double RedisCpu, double WorkerCpu);
}

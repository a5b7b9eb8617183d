using System.Diagnostics;
using Fleet.Bench.Measuring;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fleet.Bench.Processes;

/// <summary>A Redis, the engine in this process and workers of its own: what most measurements need.</summary>
internal sealed class BenchFleet : IAsyncDisposable
{
    private const int BatchRuns = 10_000;

    /// <summary>How many runs are read at a time; each answer must come within the time that a connection gives it.</summary>
    private const int ReadRuns = 1_000;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(2);

    private readonly IHost _host;
    private readonly List<BenchWorker> _workers = [];

    private BenchFleet(BenchRedis redis, IHost host)
    {
        Redis = redis;
        _host = host;
        Keys = host.Services.GetRequiredService<FleetKeys>();
        Store = host.Services.GetRequiredService<RunStore>();
    }

    public BenchRedis Redis { get; }

    public FleetKeys Keys { get; }

    public RunStore Store { get; }

    public IServiceProvider Services => _host.Services;

    public IReadOnlyList<Process> Workers => [.. _workers.Select(worker => worker.Process)];

    public static async Task<BenchFleet> StartAsync(bool appendOnly, int servers = 1, int partitions = 1, Action<IServiceCollection>? add = null)
    {
        var redis = await BenchRedis.StartAsync(appendOnly, servers);
        return new BenchFleet(redis, await BenchEngine.StartAsync(redis, partitions, add));
    }

    /// <summary>Starts worker processes and waits until all that they are has announced itself.</summary>
    public async Task StartWorkersAsync(int processes, WorkerSettings settings)
    {
        var before = await Redis.Database.SortedSetLengthAsync(Keys.Meta.Seen);
        for (var i = 0; i < processes; i++) _workers.Add(BenchWorker.Start(Redis, settings));
        await UntilAsync(async () => await Redis.Database.SortedSetLengthAsync(Keys.Meta.Seen) >= before + processes * settings.Crowd, StartTimeout);
    }

    /// <summary>Ends the workers, and returns how many runs they have executed.</summary>
    public async Task<long> StopWorkersAsync()
    {
        var executions = (await Task.WhenAll(_workers.Select(worker => worker.StopAsync()))).Sum();
        foreach (var worker in _workers) await worker.DisposeAsync();
        _workers.Clear();
        return executions;
    }

    /// <summary>Accepts runs in batches, the way a caller does that has very many.</summary>
    public async Task<IReadOnlyList<RunId>> EnqueueAsync(int count, Func<int, RunSpec> spec)
    {
        var ids = new List<RunId>(count);
        while (ids.Count < count)
        {
            var batch = Enumerable.Range(ids.Count, Math.Min(count - ids.Count, BatchRuns)).Select(spec).ToArray();
            ids.AddRange((await Store.EnqueueAsync(batch)).Select(result => result.Id));
        }

        return ids;
    }

    /// <summary>Holds queues back while they are filled, so that all workers begin at the same time.</summary>
    public async Task PauseAsync(IEnumerable<string> queues)
    {
        var registry = _host.Services.GetRequiredService<QueueRegistry>();
        foreach (var queue in queues)
        {
            await registry.EnsureAsync(queue);
            await registry.PauseAsync(queue);
        }
    }

    /// <summary>Lets the workers begin.</summary>
    public async Task ResumeAsync(IEnumerable<string> queues)
    {
        var registry = _host.Services.GetRequiredService<QueueRegistry>();
        foreach (var queue in queues) await registry.ResumeAsync(queue);
    }

    /// <summary>How many runs have succeeded.</summary>
    public async Task<long> SucceededAsync() =>
        (await Task.WhenAll(Keys.Partitions.Select(partition => Redis.Database.SortedSetLengthAsync(partition.Final(RunState.Succeeded))))).Sum();

    public Task UntilSucceededAsync(long runs, TimeSpan longest) => UntilAsync(async () => await SucceededAsync() >= runs, longest);

    /// <summary>Stops the workers, and requires that every run succeeded, and was executed exactly once.</summary>
    /// <exception cref="MeasurementException">One was lost, failed, or executed twice.</exception>
    public async Task RequireExactlyOnceAsync(IReadOnlyList<RunId> runs)
    {
        var executions = await StopWorkersAsync();
        var outcomes = new List<RunOutcome>(runs.Count);
        foreach (var batch in runs.Chunk(ReadRuns))
        {
            var found = (await Services.GetRequiredService<RunReader>().GetAsync(batch)).ToDictionary(run => run.Id);
            outcomes.AddRange(batch.Select(id => found.TryGetValue(id, out var run) ? new RunOutcome(run.State, run.Seq) : new RunOutcome(null, 0)));
        }

        ExactlyOnce.Require(runs, outcomes, executions);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _workers) await worker.DisposeAsync();
        await _host.StopAsync();
        _host.Dispose();
        await Redis.DisposeAsync();
    }

    /// <summary>Waits for something that nothing announces.</summary>
    /// <exception cref="MeasurementException">It took too long.</exception>
    public static async Task UntilAsync(Func<Task<bool>> condition, TimeSpan longest)
    {
        using var timeout = new CancellationTokenSource(longest);
        try
        {
            while (!await condition()) await Task.Delay(5, timeout.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new MeasurementException($"What was measured did not come to its end within {longest}.", e);
        }
    }
}

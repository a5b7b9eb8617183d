using Fleet.Engine.Bulk;
using Fleet.Engine.Redis;
using Fleet.Workers;

namespace Fleet.Api.Bulk;

/// <summary>Executes Fleet's own background runs in this API process. The fleet does not know it as a worker: it takes nobody else's runs.</summary>
internal sealed class SystemExecutor : IHostedService, IAsyncDisposable
{
    private const int Slots = 4;

    private readonly RedisConnection _redis;
    private readonly RunExecutor _executor;

    public SystemExecutor(FleetKeys keys, RedisConnection redis, RunExecutorFactory executors)
    {
        _redis = redis;
        var bulk = JobDefinition.Of<BulkJob>(SystemRuns.BulkJob, new JobBuilder().Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)));
        _executor = executors.Create(new ExecutorPlan
        {
            Name = WorkerIdentity.Make(),
            Partitions = [keys.System],
            Lines = new FixedLines(SystemRuns.Queue),
            Jobs = ExecutorPlan.ByName([bulk]),
            Slots = Slots,
            // Another process goes on from where this one came to, so nothing is worth waiting for.
            DrainTimeout = TimeSpan.FromMilliseconds(500),
            CancelGrace = TimeSpan.FromSeconds(10),
        });
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _redis.OpenAsync(cancellationToken);
        await _executor.ListenAsync();
        _executor.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken) => _executor.StopAsync();

    public ValueTask DisposeAsync() => _executor.DisposeAsync();
}

using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Doctor;

/// <summary>Looks at Redis, the workers, the queues and what the sweep should have done, and says what is wrong and what to do about it.</summary>
/// <remarks>It changes nothing. It throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class FleetDoctor
{
    private readonly RedisConnection _redis;
    private readonly FleetKeys _keys;
    private readonly WorkerRegistry _workers;
    private readonly QueueReader _queues;
    private readonly JobCatalogue _jobs;
    private readonly RunReader _runs;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;

    internal FleetDoctor(
        RedisConnection redis, FleetKeys keys, WorkerRegistry workers, QueueReader queues, JobCatalogue jobs, RunReader runs,
        IOptions<FleetOptions> options, TimeProvider time)
    {
        _redis = redis;
        _keys = keys;
        _workers = workers;
        _queues = queues;
        _jobs = jobs;
        _runs = runs;
        _options = options.Value;
        _time = time;
    }

    /// <summary>Looks at everything.</summary>
    public async Task<Diagnosis> ExamineAsync()
    {
        var roll = _workers.CallRollAsync();
        var queues = _queues.ListAsync();
        var jobs = _jobs.ListAsync();
        var redis = new RedisExamination(_redis, _options, _time).ExamineAsync();
        var sweep = new SweepExamination(_redis, _keys, _options).ExamineAsync();
        var orphans = new OrphanExamination(_redis, _keys, _runs).ExamineAsync();
        var at = (await roll).At;
        IEnumerable<Finding> findings =
        [
            .. await redis,
            .. FleetExamination.Examine(await roll, await queues, [.. (await jobs).Keys], _options.Lease),
            .. await sweep,
            .. await orphans,
        ];
        List<Finding> ordered = [.. findings.OrderByDescending(finding => finding.Level)];
        return new Diagnosis(ordered.TrueForAll(finding => finding.Level < FindingLevel.Warning), at, ordered);
    }
}

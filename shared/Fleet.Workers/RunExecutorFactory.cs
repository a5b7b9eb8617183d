using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Makes executors, of which a process may have several: one for the runs of its callers, say, and one for Fleet's own.</summary>
internal sealed class RunExecutorFactory(
    RedisConnection redis,
    WorkQueue queue,
    IServiceScopeFactory scopes,
    IOptions<FleetOptions> options,
    TimeProvider time,
    ILoggerFactory loggers)
{
    public RunExecutor Create(ExecutorPlan plan)
    {
        var held = new HeldRuns();
        var timelines = new TimelineSender(plan, queue, time, loggers.CreateLogger<TimelineSender>());
        var runner = new AttemptRunner(scopes, queue, timelines, options, time, loggers.CreateLogger<AttemptRunner>());
        var leases = new LeaseKeeper(queue, held, plan.Name, options, time, loggers.CreateLogger<LeaseKeeper>());
        return new RunExecutor(plan, redis, queue, held, runner, leases, time, loggers.CreateLogger<RunExecutor>());
    }
}

using Fleet.Engine;
using Fleet.Engine.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Workers;

/// <summary>Adds a worker to a host.</summary>
public static class FleetWorkerExtensions
{
    /// <summary>Adds a worker that takes runs of the jobs added to it and executes them, until the host stops.</summary>
    public static FleetWorkerBuilder AddFleetWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetEngine(configuration);
        services.AddFleetSweep();
        services.AddFleetOptions<WorkerOptions>(configuration, WorkerOptions.Section);
        return new FleetWorkerBuilder(services);
    }
}

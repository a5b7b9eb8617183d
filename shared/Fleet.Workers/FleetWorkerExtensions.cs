using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Workers.Kubernetes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Adds a worker to a host.</summary>
public static class FleetWorkerExtensions
{
    /// <summary>Adds a worker that takes runs of the jobs added to it and executes them, until the host stops.</summary>
    public static FleetWorkerBuilder AddFleetWorker(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetEngine(configuration);
        services.AddFleetSweep();
        var options = services.AddFleetOptions<WorkerOptions>(configuration, WorkerOptions.Section);
        if (services.All(service => service.ServiceType != typeof(FleetWorker)))
        {
            options.Validate(worker => worker.QueueNames.Count > 0 && worker.QueueNames.All(name => name == "*" || Names.IsValid(name)),
                $"Fleet:Worker:Queues must be '*' or names of queues, separated by commas; a name is {Names.Rule}.");
            services.AddSingleton<WorkerIdentity>();
            services.AddSingleton<QueueLines>();
            services.AddRunExecutors();
            services.AddSingleton<FleetWorker>();
            services.AddHostedService(provider => provider.GetRequiredService<FleetWorker>());
            services.AddSingleton<ILivingPart>(provider => provider.GetRequiredService<FleetWorker>());
            services.AddDeletionCost(configuration);
            // The host must not cut the drain short.
            services.AddOptions<HostOptions>().Configure<IOptions<WorkerOptions>>((host, worker) =>
                host.ShutdownTimeout = worker.Value.DrainTimeout + TimeSpan.FromSeconds(10));
        }

        return new FleetWorkerBuilder(services);
    }

    private static void AddDeletionCost(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetOptions<DeletionCostOptions>(configuration, DeletionCostOptions.Section).Validate(
            cost => !cost.Enabled || cost.ApiAddress is not null,
            $"{DeletionCostOptions.Section}:Enabled is for pods of a Kubernetes cluster, and this process runs in none.");
        // What is neither true nor false is refused with all other faults when the options are validated.
        if (bool.TryParse(configuration[$"{DeletionCostOptions.Section}:{nameof(DeletionCostOptions.Enabled)}"], out var enabled) && enabled)
            services.AddHostedService<PodDeletionCost>();
    }

    /// <summary>Adds what executes runs, for hosts that execute some without being a worker of the fleet. Adding it twice is adding it once.</summary>
    internal static IServiceCollection AddRunExecutors(this IServiceCollection services)
    {
        services.TryAddSingleton<RunExecutorFactory>();
        return services;
    }
}

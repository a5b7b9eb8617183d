using Fleet.Engine.Bulk;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Doctor;
using Fleet.Engine.Explain;
using Fleet.Engine.Hosting;
using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Sweeping;
using Fleet.Engine.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Engine;

/// <summary>Adds the engine to a host.</summary>
public static class FleetEngineExtensions
{
    /// <summary>Adds everything that touches Redis. Adding it twice is adding it once.</summary>
    public static IServiceCollection AddFleetEngine(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(FleetKeys))) return services;

        services.AddFleetOptions<FleetOptions>(configuration, FleetOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<FleetOptions>>().Value;
            return new FleetKeys(options.Prefix, options.Partitions);
        });
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<RedisClock>();
        services.AddSingleton<EvictionCheck>();
        // Before all other hosted services, which expect an open connection.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, EngineStartup>());

        AddInternal(services, provider => new QueueRegistry(Keys(provider), Redis(provider), Time(provider)));
        AddInternal(services, provider => new QueueReader(Keys(provider), Redis(provider), provider.GetRequiredService<RedisClock>(), Queues(provider),
            Time(provider)));
        AddInternal(services, provider => new DemandReader(Keys(provider), Redis(provider), Queues(provider)));
        AddInternal(services, provider => new WorkerRegistry(Keys(provider), Redis(provider)));
        AddInternal(services, provider => new JobCatalogue(Keys(provider), Redis(provider), Time(provider)));
        AddInternal(services, provider => new StatsReader(Keys(provider), Redis(provider), provider.GetRequiredService<RedisClock>(), Queues(provider)));
        AddInternal(services, provider => new JobStatsReader(Keys(provider), Redis(provider), provider.GetRequiredService<RedisClock>()));
        AddInternal(services, provider => new RunReader(Keys(provider), Redis(provider)));
        AddInternal(services, provider => new RunList(Keys(provider), Redis(provider), provider.GetRequiredService<RunReader>(), Queues(provider)));
        AddInternal(services, provider => new RunStore(Keys(provider), Redis(provider), provider.GetRequiredService<RedisClock>(), Queues(provider), Options(provider)));
        AddInternal(services, provider => new Replication(Redis(provider), Keys(provider), Options(provider), Time(provider),
            provider.GetRequiredService<ILogger<Replication>>()));
        AddInternal(services, provider => new RunSelector(Keys(provider), Redis(provider)));
        AddInternal(services, provider => new BulkOrders(Redis(provider), provider.GetRequiredService<RedisClock>(),
            provider.GetRequiredService<RunSelector>(), provider.GetRequiredService<RunStore>()));
        AddInternal(services, provider => new CheckpointStore(Keys(provider), Redis(provider)));
        AddInternal(services, provider => new RunExplainer(Keys(provider), Redis(provider), provider.GetRequiredService<RunReader>(),
            provider.GetRequiredService<WorkerRegistry>(), Queues(provider), provider.GetRequiredService<StatsReader>(), Options(provider)));
        AddInternal(services, provider => new FleetDoctor(Redis(provider), Keys(provider), provider.GetRequiredService<WorkerRegistry>(),
            provider.GetRequiredService<QueueReader>(), provider.GetRequiredService<JobCatalogue>(), provider.GetRequiredService<RunReader>(),
            Options(provider), Time(provider)));
        AddInternal(services, provider => new WorkQueue(Redis(provider), provider.GetRequiredService<RedisClock>(), Options(provider), Time(provider)));
        services.AddSingleton<ScheduleTicker>();
        AddInternal(services, provider => new ScheduleStore(Keys(provider), Redis(provider), provider.GetRequiredService<RedisClock>(),
            provider.GetRequiredService<ScheduleTicker>()));
        return services;
    }

    /// <summary>Adds the sweep: what no run asks for. API and worker processes have it.</summary>
    public static IServiceCollection AddFleetSweep(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Sweeper>());
        return services;
    }

    /// <summary>Adds watching runs and the feed, live.</summary>
    public static IServiceCollection AddFleetLive(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RunWatcher))) return services;
        AddInternal(services, provider => new RunWatcher(Keys(provider), Redis(provider), provider.GetRequiredService<RunReader>(),
            Time(provider), provider.GetRequiredService<ILogger<RunWatcher>>()));
        AddInternal(services, provider => new FeedReader(provider.GetRequiredService<RunList>(), provider.GetRequiredService<RunReader>(),
            provider.GetRequiredService<StatsReader>()));
        AddInternal(services, provider => new FeedListener(Keys(provider), Redis(provider), provider.GetRequiredService<FeedReader>(),
            Time(provider), provider.GetRequiredService<ILogger<FeedListener>>()));
        AddInternal(services, provider => new FeedCounter(provider.GetRequiredService<FeedListener>(), provider.GetRequiredService<StatsReader>(),
            Time(provider), provider.GetRequiredService<ILogger<FeedCounter>>()));
        AddInternal(services, provider => new Attendance(Keys(provider), Redis(provider), provider.GetRequiredService<RunWatcher>(),
            provider.GetRequiredService<RedisClock>(), Time(provider), provider.GetRequiredService<ILogger<Attendance>>()));
        services.AddHostedService(provider => provider.GetRequiredService<RunWatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<FeedListener>());
        services.AddHostedService(provider => provider.GetRequiredService<FeedCounter>());
        services.AddHostedService(provider => provider.GetRequiredService<Attendance>());
        return services;
    }

    /// <summary>Adds reading the durable feed.</summary>
    public static IServiceCollection AddFleetFeedTail(this IServiceCollection services)
    {
        if (services.All(service => service.ServiceType != typeof(FeedTail))) AddInternal(services, provider => new FeedTail(Keys(provider), Redis(provider)));
        return services;
    }

    // The engine's types have internal constructors, because a host gets them from here alone.
    private static void AddInternal<T>(IServiceCollection services, Func<IServiceProvider, T> create) where T : class =>
        services.AddSingleton(create);

    private static FleetKeys Keys(IServiceProvider provider) => provider.GetRequiredService<FleetKeys>();

    private static RedisConnection Redis(IServiceProvider provider) => provider.GetRequiredService<RedisConnection>();

    private static QueueRegistry Queues(IServiceProvider provider) => provider.GetRequiredService<QueueRegistry>();

    private static TimeProvider Time(IServiceProvider provider) => provider.GetRequiredService<TimeProvider>();

    private static IOptions<FleetOptions> Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<FleetOptions>>();
}

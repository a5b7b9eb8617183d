using Fleet.Engine;
using Fleet.Notifier.Access;
using Fleet.Notifier.Hubs;
using Fleet.Notifier.Streams;
using Fleet.Notifier.Workers;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Options;

namespace Fleet.Notifier;

/// <summary>Adds the notifier to a host: the hub and the server-sent events.</summary>
public static class FleetNotifierExtensions
{
    /// <summary>Adds what the notifier needs. Adding it twice is adding it once.</summary>
    public static IServiceCollection AddFleetNotifier(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(service => service.ServiceType == typeof(WorkerFeed))) return services;

        services.AddFleetEngine(configuration).AddFleetLive();
        services.AddOptions<NotifierOptions>()
            .Bind(configuration.GetSection(NotifierOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<NotifierOptions>, NotifierOptionsValidator>();
        services.AddOrigins();
        services.AddSingleton<WorkerFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerFeed>());
        services.AddSingleton<RunStream>();
        services.AddSingleton<FeedStream>();
        services.AddHub();
        return services;
    }

    /// <summary>
    /// Maps the hub to <c>/hubs/runs</c> and the server-sent events to <c>/v1/runs/{id}/stream</c> and <c>/v1/feed/stream</c>.
    /// </summary>
    public static IEndpointRouteBuilder MapFleetNotifier(this IEndpointRouteBuilder endpoints)
    {
        // Preflight requests are answered by middleware, which an application is and a group of routes is not.
        (endpoints as IApplicationBuilder)?.UseCors();
        endpoints.MapHub<RunsHub>("/hubs/runs").RequireOrigins();
        endpoints.MapGet("/v1/runs/{id}/stream", (RequestDelegate)(context => context.RequestServices.GetRequiredService<RunStream>().ServeAsync(context)))
            .RequireOrigins();
        endpoints.MapGet("/v1/feed/stream", (RequestDelegate)(context => context.RequestServices.GetRequiredService<FeedStream>().ServeAsync(context)))
            .RequireOrigins();
        return endpoints;
    }

    private static void AddHub(this IServiceCollection services)
    {
        services.AddSignalR()
            .AddJsonProtocol(options => FleetJson.Configure(options.PayloadSerializerOptions))
            .AddHubOptions<RunsHub>(options =>
            {
                // A connection's calls one after another: a watch belongs to the calls before and after it.
                options.MaximumParallelInvocationsPerClient = 1;
                options.AddFilter<RedisAwayFilter>();
            });
        services.AddOptions<HubOptions<RunsHub>>().Configure<IOptions<NotifierOptions>>((hub, notifier) => hub.KeepAliveInterval = notifier.Value.Heartbeat);
        // Of two protocols of one name SignalR takes the later.
        services.AddSingleton<IHubProtocol>(provider =>
            new OptionalArgumentsProtocol(new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())));
    }
}

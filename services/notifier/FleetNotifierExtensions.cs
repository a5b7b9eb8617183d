using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Engine.Redis;
using Fleet.Notifier.Access;
using Fleet.Notifier.Departure;
using Fleet.Notifier.Hubs;
using Fleet.Notifier.Queues;
using Fleet.Notifier.Streams;
using Fleet.Notifier.Workers;
using Fleet.SignalR;
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

        services.AddFleetEngine(configuration).AddFleetLive().AddFleetHealth();
        services.AddFleetOptions<NotifierOptions>(configuration, NotifierOptions.Section);
        services.AddSingleton<IValidateOptions<NotifierOptions>, NotifierOptionsValidator>();
        services.AddOrigins();
        services.AddSingleton<WorkerFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerFeed>());
        services.AddSingleton<QueueFeed>();
        services.AddHostedService(provider => provider.GetRequiredService<QueueFeed>());
        services.AddSingleton<Departures>();
        services.AddHostedService(provider => provider.GetRequiredService<Departures>());
        // Sending clients away is not to cost others of the process, such as a worker, their time.
        services.AddOptions<HostOptions>().PostConfigure<IOptions<NotifierOptions>>((host, notifier) => host.ShutdownTimeout += notifier.Value.DrainTime);
        services.AddSingleton<RunStream>();
        services.AddSingleton<FeedStream>();
        services.AddHub();
        return services;
    }

    /// <summary>
    /// Maps the hub to <c>/hubs/runs</c>, the server-sent events to <c>/v1/runs/{id}/stream</c> and <c>/v1/feed/stream</c>, and the endpoints
    /// that every service has.
    /// </summary>
    public static IEndpointRouteBuilder MapFleetNotifier(this IEndpointRouteBuilder endpoints)
    {
        // A host that maps into a part of its application adds the middleware itself.
        if (endpoints is IApplicationBuilder app)
        {
            app.UseFleetProblems();
            // Answers preflight requests.
            app.UseCors();
        }

        endpoints.MapFleetHealth();
        endpoints.MapHub<RunsHub>("/hubs/runs").RequireOrigins().RefuseWhileStopping();
        endpoints.MapGet("/v1/runs/{id}/stream", (HttpContext context, string id, RunStream stream) => stream.ServeAsync(context, id))
            .WithName("streamRun").WithTags("Live").WithSummary("A run's timeline live, as server-sent events.")
            .Produces<string>(StatusCodes.Status200OK, EventWriter.ContentType)
            .Produces(StatusCodes.Status204NoContent)
            .Produces<FleetProblem>(StatusCodes.Status404NotFound, ProblemResult.ContentType)
            .Produces<FleetProblem>(StatusCodes.Status422UnprocessableEntity, ProblemResult.ContentType)
            .Produces<FleetProblem>(StatusCodes.Status503ServiceUnavailable, ProblemResult.ContentType)
            .RequireOrigins().RefuseWhileStopping();
        endpoints.MapGet("/v1/feed/stream", (HttpContext context, FeedStream stream) => stream.ServeAsync(context))
            .WithName("streamFeed").WithTags("Live").WithSummary("The feed of all runs' changes, as server-sent events.")
            .Produces<string>(StatusCodes.Status200OK, EventWriter.ContentType)
            .Produces<FleetProblem>(StatusCodes.Status422UnprocessableEntity, ProblemResult.ContentType)
            .Produces<FleetProblem>(StatusCodes.Status503ServiceUnavailable, ProblemResult.ContentType)
            .RequireOrigins().RefuseWhileStopping();
        return endpoints;
    }

    private static void AddHub(this IServiceCollection services)
    {
        services.AddSignalR()
            // For this hub alone: the host may have others, and another backplane for them.
            .AddFleetBackplane<RunsHub>(
                async (provider, cancellation) =>
                {
                    var redis = provider.GetRequiredService<RedisConnection>();
                    await redis.OpenAsync(cancellation);
                    return redis.Shared;
                },
                (options, provider) => options.ChannelPrefix = $"{provider.GetRequiredService<IOptions<FleetOptions>>().Value.Prefix}:hub")
            .AddJsonProtocol(options => FleetJson.Configure(options.PayloadSerializerOptions))
            .AddHubOptions<RunsHub>(options =>
            {
                // A connection's calls one after another: a watch belongs to the calls before and after it.
                options.MaximumParallelInvocationsPerClient = 1;
                options.AddFilter<CallLimitFilter>();
                options.AddFilter<RedisAwayFilter>();
            });
        services.AddOptions<HubOptions<RunsHub>>().Configure<IOptions<NotifierOptions>>((hub, notifier) =>
        {
            hub.KeepAliveInterval = notifier.Value.Heartbeat;
            hub.MaximumReceiveMessageSize = notifier.Value.MessageBytes;
        });
        // Of two protocols of one name SignalR takes the later.
        services.AddSingleton<IHubProtocol>(provider =>
            new OptionalArgumentsProtocol(new JsonHubProtocol(provider.GetRequiredService<IOptions<JsonHubProtocolOptions>>())));
    }
}

using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Fleet.Engine.Hosting;

/// <summary>The endpoints that every service has (contract: "GET /livez · /readyz · /metrics").</summary>
public static class FleetHealthExtensions
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(1);
    private static readonly string[] Asked = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds what the endpoints need. Adding it twice is adding it once.</summary>
    public static IServiceCollection AddFleetHealth(this IServiceCollection services)
    {
        services.TryAddSingleton<HealthEndpoints>();
        services.TryAddSingleton<PrometheusExporter>();
        return services;
    }

    /// <summary>
    /// Maps <c>/livez</c> (the process is up and nothing in it stands still, else 503), <c>/readyz</c> (Redis answers within a second and keeps
    /// what it is given, and the process was not told to stop; else 503) and <c>/metrics</c> (Prometheus's text format). Mapping them twice is
    /// mapping them once, so that several services can share an application.
    /// </summary>
    public static IEndpointRouteBuilder MapFleetHealth(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetRequiredService<HealthEndpoints>().TryMap()) return endpoints;

        // Counting begins with the process, not with the first one who asks.
        endpoints.ServiceProvider.GetRequiredService<PrometheusExporter>();
        endpoints.MapMethods("/livez", Asked, Live)
            .WithName("getLiveness").WithTags("Health").WithSummary("Whether the process is up and nothing in it stands still; never whether Redis answers.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces<FleetProblem>(StatusCodes.Status503ServiceUnavailable, ProblemResult.ContentType);
        endpoints.MapMethods("/readyz", Asked, ReadyAsync)
            .WithName("getReadiness").WithTags("Health").WithSummary("Whether the process can serve: whether Redis answers within a second.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces<FleetProblem>(StatusCodes.Status503ServiceUnavailable, ProblemResult.ContentType);
        endpoints.MapMethods("/metrics", Asked, (PrometheusExporter exporter) => TypedResults.Text(exporter.Write(), PrometheusExporter.ContentType))
            .WithName("getMetrics").WithTags("Health").WithSummary("What the process measured, in Prometheus's text format.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        return endpoints;
    }

    private static IResult Live(HttpContext context)
    {
        var fault = context.RequestServices.GetServices<ILivingPart>().Select(part => part.Fault()).FirstOrDefault(fault => fault is not null);
        return fault is null ? TypedResults.Text("alive\n") : new ProblemResult(FleetProblems.Stuck(fault));
    }

    private static async Task<IResult> ReadyAsync(RedisConnection redis, EvictionCheck eviction, IHostApplicationLifetime lifetime)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested) return new ProblemResult(FleetProblems.Stopping());
        try
        {
            await redis.Database.PingAsync().WaitAsync(ReadyWithin);
            return await eviction.FaultAsync().WaitAsync(ReadyWithin) is { } fault ? new ProblemResult(FleetProblems.RedisEvicts(fault)) : TypedResults.Text("ready\n");
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is TimeoutException or InvalidOperationException)
        {
            return new ProblemResult(FleetProblems.RedisUnavailable());
        }
    }

    /// <summary>Whether an application has the endpoints already.</summary>
    private sealed class HealthEndpoints
    {
        private int _mapped;

        public bool TryMap() => Interlocked.Exchange(ref _mapped, 1) == 0;
    }
}

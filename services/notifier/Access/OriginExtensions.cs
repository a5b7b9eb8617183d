using Fleet.Engine.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Fleet.Notifier.Access;

/// <summary>Holds endpoints to <see cref="Origins"/>.</summary>
internal static class OriginExtensions
{
    /// <summary>The name of the CORS policy, which answers what browsers ask before they let a page read what it got.</summary>
    public const string Policy = "fleet-notifier";

    public static IServiceCollection AddOrigins(this IServiceCollection services)
    {
        services.AddSingleton<Origins>();
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<Origins>((cors, origins) => cors.AddPolicy(Policy, policy => policy
            .SetIsOriginAllowed(origins.IsListed)
            .AllowAnyHeader()
            .WithMethods(HttpMethods.Get, HttpMethods.Post, HttpMethods.Delete)
            // SignalR's JavaScript client asks with credentials unless told otherwise.
            .AllowCredentials()));
        return services;
    }

    public static TBuilder RequireOrigins<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder
    {
        endpoints.RequireCors(Policy);
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next) endpoint.RequestDelegate = context => HoldAsync(context, next);
        });
        return endpoints;
    }

    private static Task HoldAsync(HttpContext context, RequestDelegate next) =>
        context.RequestServices.GetRequiredService<Origins>().Admits(context.Request)
            ? next(context)
            : new ProblemResult(FleetProblems.OfStatus(StatusCodes.Status403Forbidden,
                $"Pages of {context.Request.Headers.Origin} may not connect here. Add that origin to Fleet:Notifier:AllowedOrigins to let them.")).ExecuteAsync(context);
}

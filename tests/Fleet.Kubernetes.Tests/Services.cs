using Fleet.Api;
using Fleet.Notifier;
using Fleet.Worker;
using Fleet.Workers;
using Fleet.Engine.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Kubernetes.Tests;

/// <summary>The services as their code has them, built and never started: what routes they have, and whether they take a configuration.</summary>
internal static class Services
{
    /// <summary>The services that have an image, by the name of their folder.</summary>
    public static IReadOnlyList<string> Names { get; } = ["api", "notifier", "worker"];

    /// <summary>The routes of a service, such as <c>/v1/runs/{id}</c>.</summary>
    public static IReadOnlyList<string> Routes(string service)
    {
        using var app = (IDisposable)Build(service, new Dictionary<string, string?>());
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => $"/{endpoint.RoutePattern.RawText!.TrimStart('/')}").Distinct()];
    }

    /// <summary>Holds a configuration against the service's options, as its start does: an unknown key or a bad value throws.</summary>
    public static void Require(string service, IReadOnlyDictionary<string, string?> configuration)
    {
        using var app = (IDisposable)Build(service, configuration);
        ((WebApplication)app).Services.GetRequiredService<IStartupValidator>().Validate();
    }

    private static WebApplication Build(string service, IReadOnlyDictionary<string, string?> configuration)
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Of nothing but what is given, not of this process's environment too.
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(configuration);
        switch (service)
        {
            case "api":
                builder.Services.AddFleetApi(builder.Configuration);
                break;
            case "notifier":
                builder.Services.AddFleetNotifier(builder.Configuration);
                break;
            case "worker":
                builder.Services.AddFleetWorker(builder.Configuration).AddBuiltInJobs(builder.Configuration);
                builder.Services.AddFleetHealth();
                break;
        }

        var app = builder.Build();
        if (service == "api") app.MapFleetApi();
        else if (service == "notifier") app.MapFleetNotifier();
        else app.MapFleetHealth();
        return app;
    }
}

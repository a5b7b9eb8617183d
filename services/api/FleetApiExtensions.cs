using Fleet.Api.Bulk;
using Fleet.Api.Console;
using Fleet.Api.Description;
using Fleet.Api.Endpoints;
using Fleet.Api.Intake;
using Fleet.Api.Schemas;
using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Hangfire;
using Fleet.Workers;

namespace Fleet.Api;

/// <summary>Adds the REST API to a host.</summary>
public static class FleetApiExtensions
{
    /// <summary>Adds what the API needs.</summary>
    public static IServiceCollection AddFleetApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetEngine(configuration);
        services.AddFleetSweep();
        services.AddFleetLive();
        services.AddFleetHealth();
        services.AddFleetOptions<ApiOptions>(configuration, ApiOptions.Section)
            .Validate(options => options.DefaultWait <= options.MaxWait, "Fleet:Api:DefaultWait must not be longer than Fleet:Api:MaxWait.");
        // What the OpenAPI document says of the wire types is what these options do to them.
        services.ConfigureHttpJsonOptions(options => FleetJson.Configure(options.SerializerOptions));
        services.AddOpenApi(FleetDocument.Name, FleetDocument.Configure);

        services.AddSingleton<RedisDeadline>();
        services.AddSingleton<InputValidator>();
        services.AddSingleton<RunResolver>();
        services.AddSingleton<RunIntake>();
        services.AddSingleton<BatchIntake>();

        services.AddRunExecutors();
        services.AddSingleton<BulkIntake>();
        services.AddSingleton<QueuePurge>();
        services.AddHostedService<SystemExecutor>();
        services.AddSingleton<ScheduleIntake>();
        services.AddSingleton<ConsoleFiles>();
        services.AddFleetHangfire(configuration);
        services.AddSingleton<SettingsReport>();
        return services;
    }

    /// <summary>Maps the API, the endpoints that every service has, the OpenAPI document and the web console; answers every error with problem details.</summary>
    public static IEndpointRouteBuilder MapFleetApi(this IEndpointRouteBuilder endpoints)
    {
        // A host that maps into a part of its application adds the middleware itself.
        if (endpoints is IApplicationBuilder app) app.UseFleetProblems();

        endpoints.MapFleetHealth();
        endpoints.MapOpenApi("/openapi/{documentName}.json");
        RunEndpoints.Map(endpoints);
        BatchEndpoints.Map(endpoints);
        BulkEndpoints.Map(endpoints);
        RunActionEndpoints.Map(endpoints);
        WaitEndpoints.Map(endpoints);
        ExplainEndpoints.Map(endpoints);
        JobEndpoints.Map(endpoints);
        QueueEndpoints.Map(endpoints);
        WorkerEndpoints.Map(endpoints);
        StatsEndpoints.Map(endpoints);
        ScheduleEndpoints.Map(endpoints);
        ConsoleEndpoints.Map(endpoints);
        DoctorEndpoints.Map(endpoints);
        ConfigEndpoints.Map(endpoints);
        return endpoints;
    }
}

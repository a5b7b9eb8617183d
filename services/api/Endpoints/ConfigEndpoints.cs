using Fleet.Api.Description;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>How this process is configured.</summary>
internal static class ConfigEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/v1/config", (SettingsReport settings) => TypedResults.Json(new Page<Setting>(settings.Read(), null), Wire.Settings))
            .WithTags("Stats")
            .WithName("getConfig")
            .WithSummary("Every option of the process that answers: value, default, who said so, and what it is for. Passwords are left out.")
            .WithDescription("Workers and notifiers that are processes of their own have options of their own.")
            .Produces<Page<Setting>>()
            .ProducesFaults();
}

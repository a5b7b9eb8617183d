using System.Text.Json.Nodes;
using Fleet.Api.Intake;
using Microsoft.OpenApi;

namespace Fleet.Api.Description;

/// <summary>The parameters and headers of the API.</summary>
internal static class Parameters
{
    public static ApiParameter IdempotencyKey { get; } = new(Idempotency.Header, ParameterLocation.Header,
        "The caller's name for the request: sent again within 24 hours, it creates nothing and gets the same run.",
        () => new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = RunRules.MaxKeyLength });

    public static ApiParameter Location { get; } = LocationOf("run");

    public static ApiParameter Deduplicated { get; } = new(RunIntake.Deduplicated, null, "true: an earlier run is the same.",
        () => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create("true")] });

    public static ApiParameter State { get; } = new("state", ParameterLocation.Query, "Only runs in this state.", () => WireSchemas.EnumOf(typeof(RunState)));

    public static ApiParameter LocationOf(string what) =>
        new("Location", null, $"Where the {what} is.", () => new OpenApiSchema { Type = JsonSchemaType.String });

    public static ApiParameter Query(string name, string description) =>
        new(name, ParameterLocation.Query, description, () => new OpenApiSchema { Type = JsonSchemaType.String });

    public static ApiParameter Moment(string name, string description) =>
        new(name, ParameterLocation.Query, description, () => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" });

    public static ApiParameter Duration(string name, string description) =>
        new(name, ParameterLocation.Query, description + " A number of seconds, or hh:mm:ss.", () => new OpenApiSchema { Type = JsonSchemaType.String });

    public static ApiParameter Number(string name, string description, long least, long? most, long otherwise) =>
        new(name, ParameterLocation.Query, description, () => new OpenApiSchema
        {
            Type = JsonSchemaType.Integer,
            Format = "int64",
            Minimum = least.ToString(provider: null),
            Maximum = most?.ToString(provider: null),
            Default = JsonValue.Create(otherwise),
        });
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Fleet.Api.Intake;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Fleet.Api.Description;

/// <summary>The schemas of values that Fleet writes with converters of its own, of which the schema exporter knows nothing.</summary>
internal static partial class WireSchemas
{
    /// <summary>What is left out of an answer when there is nothing to say.</summary>
    private static readonly string[] Optional = ["errors", "runId", "runIds"];

    /// <summary>Completes the schema of a type.</summary>
    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var declared = context.JsonTypeInfo.Type;
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (Of(type) is { } known)
        {
            schema.Type = known.Type | (type == declared ? default : JsonSchemaType.Null);
            schema.Format = known.Format;
            schema.Pattern = known.Pattern;
            schema.Enum = known.Enum;
            schema.Description ??= known.Description;
            if (known.Enum is not null && type != declared) schema.Enum = [.. known.Enum!, JsonNullSentinel.JsonNull];
        }

        // Items of which the exporter knows nothing are left out altogether.
        if (schema.Items is null && context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable, ElementType: { } item } && Of(item) is { } items)
            schema.Items = items;

        return Task.CompletedTask;
    }

    /// <summary>Completes what the wire types leave open, so that a faulty body can be read far enough to say what is wrong with it.</summary>
    public static void Complete(OpenApiDocument document)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var schema in schemas.Values.OfType<OpenApiSchema>())
        {
            schema.Description = WithoutRemarks(schema.Description);
            // Whether a value may be null is said where it stands; the type of its own must not say it for all.
            schema.Type &= ~JsonSchemaType.Null;
            if (schema.Enum is { Count: > 0 } names && names.Any(IsNull)) schema.Enum = [.. names.Where(name => !IsNull(name))];

            // What is answered is always whole; what is asked may leave out almost everything.
            if (schema.AdditionalPropertiesAllowed && schema.Properties is { Count: > 0 } properties) schema.Required = properties.Keys.Except(Optional).ToHashSet();
        }

        Require("NewRun", "job");
        Require("NewSchedule", "job");
        Require("UniqueRule", "key");
        Require("NewRunBatch", "runs");
        Require("BulkRequest", "action", "filter");
        ((OpenApiSchema)((OpenApiSchema)schemas["BulkFilter"]).Properties!["ids"]).Items = new OpenApiSchemaReference("RunId", document);
        var run = new OpenApiSchemaReference("NewRun", document);
        ((OpenApiSchema)((OpenApiSchema)schemas["NewRunBatch"]).Properties!["runs"]).Items = run;

        // As lines, a batch is its runs.
        var contents = document.Paths["/v1/runs/batch"].Operations![HttpMethod.Post].RequestBody!.Content!;
        foreach (var type in BatchIntake.LineTypes) contents[type].Schema = new OpenApiSchema { Description = "One run a line.", AllOf = [run] };

        void Require(string type, params string[] fields)
        {
            var schema = (OpenApiSchema)schemas[type];
            schema.Required = fields.ToHashSet();
            foreach (var field in fields) schema.Properties![field] = NotNull(schema.Properties[field]);
        }
    }

    private static bool IsNull(JsonNode? value) => value is null || value.IsJsonNullSentinel();

    /// <summary>The schema of a value without null: null is among its types, or stands beside its reference.</summary>
    private static IOpenApiSchema NotNull(IOpenApiSchema schema)
    {
        if (schema.OneOf is { Count: 2 } either) return either.First(one => one is OpenApiSchemaReference);
        if (schema is OpenApiSchema own) own.Type &= ~JsonSchemaType.Null;
        return schema;
    }

    /// <summary>Drops what the documentation of the source says to its own readers.</summary>
    private static string? WithoutRemarks(string? description) => description is null ? null : Remarks().Replace(description, "");

    [GeneratedRegex(@" \(contract: [^)]*\)")]
    private static partial Regex Remarks();

    /// <summary>The names of an enum.</summary>
    public static OpenApiSchema EnumOf(Type type) => new()
    {
        Type = JsonSchemaType.String,
        // The serialiser is asked, because the names are its doing.
        Enum = [.. Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, FleetJson.Options)!)],
    };

    private static OpenApiSchema? Of(Type type)
    {
        if (type == typeof(RunId))
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
                Description = "A run's id: 26 characters of Crockford base32, sorted by creation time.",
            };
        }

        if (type == typeof(TimeSpan))
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.String | JsonSchemaType.Number,
                Description = "A duration: \"hh:mm:ss\", or a number of seconds. It is written as the former.",
            };
        }

        if (type == typeof(DateTimeOffset)) return new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" };
        return type.IsEnum ? EnumOf(type) : null;
    }
}

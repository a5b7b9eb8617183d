using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;

namespace Fleet.Workers;

/// <summary>How inputs and outputs of jobs are written as JSON, and the JSON schema of an input type.</summary>
/// <remarks>
/// <c>[Description]</c>, <c>[Range]</c>, <c>[StringLength]</c>, <c>[DefaultValue]</c> of a property or constructor parameter go into the schema.
/// </remarks>
internal static class InputSchema
{
    private static readonly JsonSchemaExporterOptions Exporting = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Annotate,
    };

    /// <summary>The options inputs are read and outputs are written with: Fleet's own, and a member nobody knows is an error.</summary>
    public static JsonSerializerOptions Json { get; } = CreateJson();

    /// <summary>The JSON schema of an input type.</summary>
    public static JsonElement Of(Type type) =>
        JsonSerializer.SerializeToElement(Json.GetJsonSchemaAsNode(type, Exporting));

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions(FleetJson.Options)
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectRequiredConstructorParameters = true,
        };
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private static JsonNode Annotate(JsonSchemaExporterContext context, JsonNode node)
    {
        // A duration has a converter of ours, of which the exporter knows nothing.
        if (context.TypeInfo.Type == typeof(TimeSpan) || context.TypeInfo.Type == typeof(TimeSpan?))
        {
            node = new JsonObject
            {
                ["type"] = context.TypeInfo.Type == typeof(TimeSpan) ? new JsonArray("number", "string") : new JsonArray("number", "string", "null"),
                ["description"] = "A number of seconds, or \"hh:mm:ss\".",
            };
        }

        // "Anything" is exported as true, which means the same as {} but has no room for a description.
        if (node is JsonValue && node.GetValueKind() == JsonValueKind.True) node = new JsonObject();
        if (node is not JsonObject schema) return node;

        if (Attribute<DescriptionAttribute>(context) is { } description) schema["description"] = description.Description;
        if (Attribute<RangeAttribute>(context) is { } range)
        {
            schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
            schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
        }

        if (Attribute<StringLengthAttribute>(context) is { } length)
        {
            schema["minLength"] = length.MinimumLength;
            schema["maxLength"] = length.MaximumLength;
        }

        if (Attribute<DefaultValueAttribute>(context) is { } value) schema["default"] = JsonSerializer.SerializeToNode(value.Value);
        return schema;
    }

    private static T? Attribute<T>(JsonSchemaExporterContext context) where T : Attribute =>
        Find<T>(context.PropertyInfo?.AttributeProvider)
        ?? Find<T>(context.PropertyInfo?.AssociatedParameter?.AttributeProvider)
        ?? (context.PropertyInfo is null ? Find<T>(context.TypeInfo.Type) : null);

    private static T? Find<T>(ICustomAttributeProvider? provider) where T : Attribute =>
        provider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}

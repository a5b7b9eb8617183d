using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
        node = Annotate(context.TypeInfo.Type, context.PropertyInfo, node);
        if (context.TypeInfo.Kind != JsonTypeInfoKind.Object || node["properties"] is not JsonObject properties) return node;

        // The exporter does not ask about parameters that may hold anything, as far as it knows, and have a default.
        foreach (var property in context.TypeInfo.Properties)
        {
            if (properties[property.Name] is JsonObject { Count: 1 } schema && schema.ContainsKey("default"))
                Annotate(property.PropertyType, property, schema);
        }

        return node;
    }

    private static JsonNode Annotate(Type type, JsonPropertyInfo? property, JsonNode node)
    {
        // "Anything" is exported as true, which means the same as {} but has no room for a description.
        if (node.GetValueKind() == JsonValueKind.True) node = new JsonObject();
        if (node is not JsonObject schema) return node;

        // A duration has a converter of ours, of which the exporter knows nothing.
        if (type == typeof(TimeSpan) || type == typeof(TimeSpan?))
        {
            schema["type"] = type == typeof(TimeSpan) ? new JsonArray("number", "string") : new JsonArray("number", "string", "null");
            schema["description"] = "A number of seconds, or \"hh:mm:ss\".";
        }

        if (Attribute<DescriptionAttribute>(type, property) is { } description) schema["description"] = description.Description;
        if (Attribute<RangeAttribute>(type, property) is { } range)
        {
            schema["minimum"] = JsonSerializer.SerializeToNode(range.Minimum);
            schema["maximum"] = JsonSerializer.SerializeToNode(range.Maximum);
        }

        if (Attribute<StringLengthAttribute>(type, property) is { } length)
        {
            schema["minLength"] = length.MinimumLength;
            schema["maxLength"] = length.MaximumLength;
        }

        if (Attribute<DefaultValueAttribute>(type, property) is { } value) schema["default"] = JsonSerializer.SerializeToNode(value.Value);
        return schema;
    }

    private static T? Attribute<T>(Type type, JsonPropertyInfo? property) where T : Attribute =>
        property is null ? Find<T>(type) : Find<T>(property.AttributeProvider) ?? Find<T>(property.AssociatedParameter?.AttributeProvider);

    private static T? Find<T>(ICustomAttributeProvider? provider) where T : Attribute =>
        provider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}

using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Fleet.Api.Schemas;

/// <summary>
/// Reads the part of JSON Schema that .NET's schema exporter writes. Keywords beyond it are ignored, and so is what makes no sense: a
/// schema only keeps out inputs that are wrong for certain.
/// </summary>
internal sealed class SchemaReader
{
    private readonly JsonElement _root;
    private readonly Dictionary<string, SchemaNode> _byPointer = [];

    private SchemaReader(JsonElement root) => _root = root;

    /// <summary>Reads a whole schema.</summary>
    public static SchemaNode Read(JsonElement schema) => new SchemaReader(schema).At("#");

    /// <summary>The schema at a pointer. It is known before it is read, so that a schema can hold itself.</summary>
    private SchemaNode At(string pointer)
    {
        if (_byPointer.TryGetValue(pointer, out var known)) return known;
        if (Resolve(pointer) is not { } schema) return SchemaNode.Anything;
        var node = new SchemaNode();
        _byPointer[pointer] = node;
        Fill(node, schema);
        return node;
    }

    private SchemaNode Node(JsonElement schema)
    {
        var node = new SchemaNode();
        Fill(node, schema);
        return node;
    }

    private void Fill(SchemaNode node, JsonElement schema)
    {
        node.IsNever = schema.ValueKind == JsonValueKind.False;
        if (schema.ValueKind != JsonValueKind.Object) return;

        foreach (var keyword in schema.EnumerateObject())
        {
            var value = keyword.Value;
            switch (keyword.Name)
            {
                case "$ref" when value.ValueKind == JsonValueKind.String: node.Reference = At(value.GetString()!); break;
                case "type": node.Types = TypesOf(value); break;
                case "enum" when value.ValueKind == JsonValueKind.Array: node.Enum = [.. value.EnumerateArray()]; break;
                case "const": node.Enum = [value]; break;
                case "minimum": node.Minimum = Number(value); break;
                case "maximum": node.Maximum = Number(value); break;
                case "minLength": node.MinLength = (int?)Number(value); break;
                case "maxLength": node.MaxLength = (int?)Number(value); break;
                case "items": node.Items = Node(value); break;
                case "additionalProperties": node.AdditionalProperties = Node(value); break;
                case "required" when value.ValueKind == JsonValueKind.Array: node.Required = Strings(value); break;
                case "anyOf" when value.ValueKind == JsonValueKind.Array: node.AnyOf = [.. value.EnumerateArray().Select(Node)]; break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    node.Properties = value.EnumerateObject().DistinctBy(property => property.Name)
                        .ToFrozenDictionary(property => property.Name, property => Node(property.Value));
                    break;
            }
        }

        // OpenAPI's older way to say that null will do.
        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True && node.Types != JsonTypes.Any)
            node.Types |= JsonTypes.Null;
    }

    /// <summary>Follows a pointer within the document, such as <c>#/properties/next</c>; null when it leads nowhere.</summary>
    private JsonElement? Resolve(string pointer)
    {
        if (!pointer.StartsWith('#')) return null;
        var at = _root;
        foreach (var step in pointer[1..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var name = Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var property)) at = property;
            else if (at.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < at.GetArrayLength()) at = at[index];
            else return null;
        }

        return at;
    }

    private static JsonTypes TypesOf(JsonElement value)
    {
        var names = value.ValueKind == JsonValueKind.Array ? Strings(value) : value.ValueKind == JsonValueKind.String ? [value.GetString()!] : [];
        return names.Aggregate(JsonTypes.Any, (types, name) => types | name switch
        {
            "null" => JsonTypes.Null,
            "boolean" => JsonTypes.Boolean,
            "integer" => JsonTypes.Integer,
            "number" => JsonTypes.Number,
            "string" => JsonTypes.String,
            "array" => JsonTypes.Array,
            "object" => JsonTypes.Object,
            _ => JsonTypes.Any,
        });
    }

    private static double? Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static List<string> Strings(JsonElement array) =>
        [.. array.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];
}

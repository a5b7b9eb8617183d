using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fleet.Api.Schemas;
using Fleet.Engine;

namespace Fleet.Api.Bodies;

/// <summary>Compares JSON with a wire type, field by field, and names every fault.</summary>
internal static class BodyDiagnosis
{
    /// <summary>What the body as a whole is called where no field is to blame.</summary>
    private const string Whole = "$";

    /// <summary>Notes all faults, and reads what has none.</summary>
    public static T? Diagnose<T>(JsonElement body, JsonTypeInfo<T> type, FieldErrors errors) where T : class
    {
        if (body.ValueKind != JsonValueKind.Object)
        {
            errors.Add(Whole, $"must be a JSON object, not {SchemaCheck.Describe(body)}");
            return null;
        }

        CheckObject(body, type, "", errors);
        try
        {
            return JsonSerializer.Deserialize(WithoutFaults(body, errors), type);
        }
        catch (JsonException e)
        {
            errors.Add(Whole, $"cannot be read: {e.Message}");
            return null;
        }
    }

    private static void Check(JsonElement value, JsonTypeInfo type, string path, FieldErrors errors)
    {
        var allowed = type.Kind switch
        {
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => JsonValueKind.Object,
            JsonTypeInfoKind.Enumerable => JsonValueKind.Array,
            _ => value.ValueKind,
        };
        if (value.ValueKind != allowed)
        {
            errors.Add(path, $"must be {(allowed == JsonValueKind.Array ? "an array" : "an object")}, not {SchemaCheck.Describe(value)}");
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                CheckObject(value, type, path, errors);
                break;
            case JsonTypeInfoKind.Dictionary:
                foreach (var entry in value.EnumerateObject()) Check(entry.Value, Items(type), $"{path}.{entry.Name}", errors);
                break;
            case JsonTypeInfoKind.Enumerable:
                var index = 0;
                foreach (var item in value.EnumerateArray()) Check(item, Items(type), $"{path}[{index++}]", errors);
                break;
            default:
                CheckValue(value, type, path, errors);
                break;
        }
    }

    private static void CheckObject(JsonElement value, JsonTypeInfo type, string path, FieldErrors errors)
    {
        foreach (var property in value.EnumerateObject())
        {
            var at = path.Length == 0 ? property.Name : $"{path}.{property.Name}";
            var known = type.Properties.FirstOrDefault(candidate => candidate.Name == property.Name);
            if (known is null)
                errors.Add(at, $"is not a field of the request.{NearestName.Question(property.Name, type.Properties.Select(candidate => candidate.Name))}");
            // Null is the same as leaving the field out.
            else if (property.Value.ValueKind != JsonValueKind.Null || IsValue(known.PropertyType))
                Check(property.Value, TypeInfo(type, known.PropertyType), at, errors);
        }
    }

    private static void CheckValue(JsonElement value, JsonTypeInfo type, string path, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null && type.Type != typeof(JsonElement))
        {
            errors.Add(path, $"must be {Describe(type.Type) ?? "given"}, not null");
            return;
        }

        try
        {
            value.Deserialize(type);
        }
        catch (JsonException e)
        {
            // Fleet's own converters say what they want; the platform's speak of types.
            errors.Add(path, Describe(type.Type) is { } wanted ? $"must be {wanted}, not {SchemaCheck.Describe(value)}" : e.Message);
        }
    }

    private static string? Describe(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.String => "a string",
        TypeCode.Boolean => "true or false",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        _ => null,
    };

    private static JsonTypeInfo Items(JsonTypeInfo type) => TypeInfo(type, type.ElementType!);

    private static JsonTypeInfo TypeInfo(JsonTypeInfo owner, Type type) => owner.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static bool IsValue(Type type) => type.IsValueType && Nullable.GetUnderlyingType(type) is null;

    /// <summary>The body without the fields that have faults, so that the rest can be read and judged too.</summary>
    private static ReadOnlySpan<byte> WithoutFaults(JsonElement body, FieldErrors errors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var property in body.EnumerateObject())
            {
                if (!errors.Has(property.Name)) property.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}

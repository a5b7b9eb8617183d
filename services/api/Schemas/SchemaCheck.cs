using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Engine;

namespace Fleet.Api.Schemas;

/// <summary>Holds a value against a schema and names every fault by its path.</summary>
internal static class SchemaCheck
{
    /// <summary>How many allowed values an error names.</summary>
    private const int MostNamed = 12;

    public static void Check(JsonElement value, SchemaNode schema, string path, FieldErrors errors)
    {
        if (errors.IsFull) return;
        if (schema.IsNever)
        {
            errors.Add(path, "is not allowed here");
            return;
        }

        if (schema.Reference is { } reference) Check(value, reference, path, errors);
        if (schema.Types != JsonTypes.Any && !Fits(value, schema.Types))
        {
            errors.Add(path, $"must be {Describe(schema.Types)}, not {Describe(value)}");
            return;
        }

        if (schema.Enum is { } allowed && !allowed.Any(candidate => JsonElement.DeepEquals(candidate, value)))
        {
            errors.Add(path, DescribeEnum(value, allowed));
            return;
        }

        if (schema.AnyOf is { } branches) CheckAnyOf(value, branches, path, errors);
        switch (value.ValueKind)
        {
            case JsonValueKind.Number: CheckNumber(value, schema, path, errors); break;
            case JsonValueKind.String: CheckLength(value, schema, path, errors); break;
            case JsonValueKind.Array: CheckItems(value, schema, path, errors); break;
            case JsonValueKind.Object: CheckProperties(value, schema, path, errors); break;
        }
    }

    private static void CheckAnyOf(JsonElement value, IReadOnlyList<SchemaNode> branches, string path, FieldErrors errors)
    {
        FieldErrors? nearest = null;
        foreach (var branch in branches)
        {
            var faults = new FieldErrors();
            Check(value, branch, path, faults);
            if (!faults.Any) return;
            // The branch that the value comes closest to is the one that was meant: not one of another type, and the one with the fewest faults.
            var isOfItsType = TypesOf(branch) is var types && (types == JsonTypes.Any || Fits(value, types));
            if (isOfItsType && (nearest is null || faults.Count < nearest.Count)) nearest = faults;
        }

        if (nearest is not null)
        {
            foreach (var (field, reasons) in nearest.All)
            {
                foreach (var reason in reasons) errors.Add(field, reason);
            }
        }
        else
        {
            var types = branches.Aggregate(JsonTypes.Any, (all, branch) => all | TypesOf(branch));
            errors.Add(path, types == JsonTypes.Any ? "is not allowed here" : $"must be {Describe(types)}, not {Describe(value)}");
        }
    }

    private static void CheckNumber(JsonElement value, SchemaNode schema, string path, FieldErrors errors)
    {
        var number = value.GetDouble();
        if (schema.Minimum is { } minimum && number < minimum)
            errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"must be at least {minimum}, not {value.GetRawText()}"));
        if (schema.Maximum is { } maximum && number > maximum)
            errors.Add(path, string.Create(CultureInfo.InvariantCulture, $"must be at most {maximum}, not {value.GetRawText()}"));
    }

    private static void CheckLength(JsonElement value, SchemaNode schema, string path, FieldErrors errors)
    {
        if (schema.MinLength is null && schema.MaxLength is null) return;
        var length = value.GetString()!.EnumerateRunes().Count();
        if (length < schema.MinLength)
            errors.Add(path, length == 0 ? "must not be empty" : $"must have at least {schema.MinLength} characters; it has {length}");
        if (length > schema.MaxLength) errors.Add(path, $"must have at most {schema.MaxLength} characters; it has {length}");
    }

    private static void CheckItems(JsonElement value, SchemaNode schema, string path, FieldErrors errors)
    {
        if (schema.Items is not { } items) return;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (errors.IsFull) return;
            Check(item, items, $"{path}[{index++}]", errors);
        }
    }

    private static void CheckProperties(JsonElement value, SchemaNode schema, string path, FieldErrors errors)
    {
        foreach (var name in schema.Required)
        {
            if (!value.TryGetProperty(name, out _)) errors.Add($"{path}.{name}", "is required");
        }

        if (schema.Properties is null && schema.AdditionalProperties is null) return;
        foreach (var property in value.EnumerateObject())
        {
            if (errors.IsFull) return;
            var at = $"{path}.{property.Name}";
            if (schema.Properties is { } known && known.TryGetValue(property.Name, out var own)) Check(property.Value, own, at, errors);
            else if (schema.AdditionalProperties is { IsNever: true })
                errors.Add(at, $"is not a field of this input.{NearestName.Question(property.Name, schema.Properties?.Keys ?? [])}");
            else if (schema.AdditionalProperties is { } additional) Check(property.Value, additional, at, errors);
        }
    }

    private static bool Fits(JsonElement value, JsonTypes types) => value.ValueKind switch
    {
        JsonValueKind.Null => types.HasFlag(JsonTypes.Null),
        JsonValueKind.True or JsonValueKind.False => types.HasFlag(JsonTypes.Boolean),
        JsonValueKind.String => types.HasFlag(JsonTypes.String),
        JsonValueKind.Array => types.HasFlag(JsonTypes.Array),
        JsonValueKind.Object => types.HasFlag(JsonTypes.Object),
        // 1.0 and 1e3 are whole to JSON Schema, but a handler's int does not read them, so the run would only fail later.
        _ => types.HasFlag(JsonTypes.Number) || (types.HasFlag(JsonTypes.Integer) && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')),
    };

    private static JsonTypes TypesOf(SchemaNode schema) => schema.Reference is { } reference ? schema.Types | reference.Types : schema.Types;

    private static string DescribeEnum(JsonElement value, IReadOnlyList<JsonElement> allowed)
    {
        var names = string.Join(", ", allowed.Take(MostNamed).Select(candidate => candidate.GetRawText()));
        var texts = allowed.Where(candidate => candidate.ValueKind == JsonValueKind.String).Select(candidate => candidate.GetString()!);
        var question = value.ValueKind == JsonValueKind.String ? NearestName.Question(value.GetString()!, texts) : "";
        return $"must be one of {names}{(allowed.Count > MostNamed ? ", …" : "")}{(question.Length > 0 ? "." + question : "")}";
    }

    private static string Describe(JsonTypes types)
    {
        // Null is a way to leave something out; who sends a wrong value wants to know of the others.
        var wanted = types == JsonTypes.Null ? types : types & ~JsonTypes.Null;
        if (wanted.HasFlag(JsonTypes.Number)) wanted &= ~JsonTypes.Integer;
        var single = Enum.GetValues<JsonTypes>().Where(type => BitOperations.PopCount((uint)type) == 1 && wanted.HasFlag(type));
        var words = single.Select(type => type switch
        {
            JsonTypes.Null => "null",
            JsonTypes.Boolean => "true or false",
            JsonTypes.Integer => "a whole number",
            JsonTypes.Number => "a number",
            JsonTypes.String => "a string",
            JsonTypes.Array => "an array",
            _ => "an object",
        });
        return string.Join(" or ", words);
    }

    /// <summary>What a value is, in words, for "must be …, not …".</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number when value.GetRawText() is { Length: <= 20 } raw => raw,
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}

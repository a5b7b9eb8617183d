using System.Text.Json;

namespace Fleet.Api.Schemas;

/// <summary>The JSON types, as a schema's <c>type</c> names them.</summary>
[Flags]
internal enum JsonTypes
{
    /// <summary>No type is named, so any will do.</summary>
    Any = 0,
    Null = 1,
    Boolean = 2,
    Integer = 4,
    Number = 8,
    String = 16,
    Array = 32,
    Object = 64,
}

/// <summary>One schema of a job's input, read once. What is null or empty asks for nothing.</summary>
internal sealed class SchemaNode
{
    /// <summary>The schema that everything fits.</summary>
    public static SchemaNode Anything { get; } = new();

    /// <summary>The schema <c>false</c>: nothing fits.</summary>
    public bool IsNever { get; set; }

    /// <summary>The schema that <c>$ref</c> points to; it may be one that this one is a part of.</summary>
    public SchemaNode? Reference { get; set; }

    public JsonTypes Types { get; set; }

    public IReadOnlyList<JsonElement>? Enum { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public int? MinLength { get; set; }

    public int? MaxLength { get; set; }

    public IReadOnlyDictionary<string, SchemaNode>? Properties { get; set; }

    public IReadOnlyList<string> Required { get; set; } = [];

    /// <summary>What properties without a schema of their own must fit.</summary>
    public SchemaNode? AdditionalProperties { get; set; }

    public SchemaNode? Items { get; set; }

    public IReadOnlyList<SchemaNode>? AnyOf { get; set; }
}

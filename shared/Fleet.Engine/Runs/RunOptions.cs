using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet.Engine.Runs;

/// <summary>What few runs have. Kept as JSON in one field, so that a run that has none of it pays nothing.</summary>
public sealed record RunOptions
{
    /// <summary>A run that has none of it.</summary>
    public static RunOptions None { get; } = new();

    /// <summary>Words to find it by.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What the caller attached to it.</summary>
    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When it is too late to start it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The tenant, unless it is <c>default</c>.</summary>
    public string? Tenant { get; init; }

    /// <summary>The schedule that created it.</summary>
    public string? Schedule { get; init; }

    /// <summary>The JSON that Redis keeps; empty when there is nothing to say.</summary>
    public string Write() => this == None ? "" : JsonSerializer.Serialize(this, RunOptionsJson.Default.RunOptions);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static RunOptions Read(string? json) =>
        string.IsNullOrEmpty(json) ? None : JsonSerializer.Deserialize(json, RunOptionsJson.Default.RunOptions) ?? None;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunOptions))]
internal sealed partial class RunOptionsJson : JsonSerializerContext;

using System.Globalization;
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

    /// <summary>How long to wait before a retry, where the run says so itself.</summary>
    public Backoff? Backoff { get; init; }

    /// <summary>For how long it is kept once it is final, where its job says so (<see cref="KeepFor"/>).</summary>
    public string? Keep { get; init; }

    /// <summary>When it is too late to start it. Scripts look for it in the text, so it is a number of ms since 1970.</summary>
    [JsonConverter(typeof(UnixMillisecondsConverter))]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The tenant, unless it is <c>default</c>.</summary>
    public string? Tenant { get; init; }

    /// <summary>The schedule that created it.</summary>
    public string? Schedule { get; init; }

    /// <summary>How <see cref="Keep"/> is written: in seconds, when it succeeded and otherwise.</summary>
    public static string KeepFor(TimeSpan succeeded, TimeSpan otherwise) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)succeeded.TotalSeconds} {(long)otherwise.TotalSeconds}");

    /// <summary>The JSON that Redis keeps; empty when there is nothing to say.</summary>
    public string Write() => this == None ? "" : JsonSerializer.Serialize(this, RunOptionsJson.Default.RunOptions);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static RunOptions Read(string? json) =>
        string.IsNullOrEmpty(json) ? None : JsonSerializer.Deserialize(json, RunOptionsJson.Default.RunOptions) ?? None;
}

internal sealed class UnixMillisecondsConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds());
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunOptions))]
internal sealed partial class RunOptionsJson : JsonSerializerContext;

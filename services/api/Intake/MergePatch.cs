using System.Buffers;
using System.Text.Json;

namespace Fleet.Api.Intake;

/// <summary>JSON merge patch (RFC 7386): members of the patch replace the target's, null removes one, objects are merged.</summary>
internal static class MergePatch
{
    /// <summary>The target with the patch over it.</summary>
    public static JsonElement Apply(JsonElement target, JsonElement patch)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(target, patch, writer);
        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static void Write(JsonElement? target, JsonElement patch, Utf8JsonWriter writer)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            patch.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        // What is not an object has no members to keep.
        var old = target is { ValueKind: JsonValueKind.Object } members ? members : (JsonElement?)null;
        foreach (var member in old?.EnumerateObject() ?? default)
        {
            if (!patch.TryGetProperty(member.Name, out _)) member.WriteTo(writer);
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null) continue;
            writer.WritePropertyName(member.Name);
            Write(old is { } before && before.TryGetProperty(member.Name, out var value) ? value : null, member.Value, writer);
        }

        writer.WriteEndObject();
    }
}

using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Intake;

/// <summary>The <c>Idempotency-Key</c> header, and what tells whether it comes with the same request again.</summary>
internal static class Idempotency
{
    /// <summary>The header.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>The request's key; null when it has none.</summary>
    /// <exception cref="ProblemException">It has several, or one that will not do.</exception>
    public static string? KeyOf(HttpRequest request)
    {
        var values = request.Headers[Header];
        if (values.Count == 0) return null;

        var errors = new FieldErrors();
        if (values.Count > 1) errors.Add(Header, "must be given once");
        else if (values[0] is not { Length: > 0 and <= RunRules.MaxKeyLength }) errors.Add(Header, $"must have 1 to {RunRules.MaxKeyLength} characters");
        return errors.Any ? throw new ProblemException(FleetProblems.InvalidInput(errors.All)) : values[0];
    }

    /// <summary>A hash of what a request asks for. White space and the order of members make no difference.</summary>
    /// <param name="purpose">What kind of request it is, so that one key does not serve two.</param>
    /// <param name="json">Its body; empty for none.</param>
    public static string Fingerprint(string purpose, ReadOnlyMemory<byte> json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(purpose);
            if (!json.IsEmpty) WriteCanonical(json, writer);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.WrittenSpan).AsSpan(0, 16));
    }

    private static void WriteCanonical(ReadOnlyMemory<byte> json, Utf8JsonWriter writer)
    {
        try
        {
            using var document = JsonBody.Parse(json);
            WriteSorted(document.RootElement, writer);
        }
        catch (ProblemException)
        {
            // What is not JSON is refused elsewhere, in words; here it only must not count as something else.
            writer.WriteBase64StringValue(json.Span);
        }
    }

    private static void WriteSorted(JsonElement value, Utf8JsonWriter writer)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(property.Name);
                    WriteSorted(property.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteSorted(item, writer);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}

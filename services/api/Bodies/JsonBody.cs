using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Bodies;

/// <summary>Reads JSON into one of the wire types: quickly where nothing is wrong, and otherwise again, slowly, to say all that is.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body.</summary>
    /// <exception cref="ProblemException">It is not JSON.</exception>
    public static BodyReading<T> Read<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type) where T : class
    {
        RequireText(json);
        try
        {
            if (JsonSerializer.Deserialize(json, type) is { } value) return new BodyReading<T>(value, null);
        }
        catch (JsonException)
        {
            // The serialiser tells of the first fault only, and in its own words.
        }

        using var document = Parse(json.ToArray());
        var errors = new FieldErrors();
        var readable = BodyDiagnosis.Diagnose(document.RootElement, type, errors);
        return new BodyReading<T>(readable, errors);
    }

    /// <summary>Reads JSON of any form.</summary>
    /// <exception cref="ProblemException">It is not JSON.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        if (json.Span.IsWhiteSpaceOnly()) throw new ProblemException(FleetProblems.InvalidJson("The body is empty. Send a JSON object."));
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            // The message ends in what the properties say better.
            var words = e.Message.Split(" LineNumber:", 2)[0].TrimEnd('.');
            throw new ProblemException(FleetProblems.InvalidJson($"At line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {words}."));
        }
    }

    /// <summary>Refuses what is not text, which would be accepted here and could not be read back.</summary>
    private static void RequireText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new ProblemException(FleetProblems.InvalidJson("The body is not UTF-8."));
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            }
        }
        catch (InvalidOperationException)
        {
            throw new ProblemException(FleetProblems.InvalidJson("A string holds half of a surrogate pair (\\ud800 to \\udfff), which is no character."));
        }
        catch (JsonException)
        {
            // That is told with its place when it is read in earnest.
        }
    }

    private static bool IsWhiteSpaceOnly(this ReadOnlySpan<byte> json) => json.IndexOfAnyExcept(" \t\r\n"u8) < 0;
}

/// <summary>A body as far as it could be read.</summary>
/// <param name="Value">What could be read; null when nothing could.</param>
/// <param name="Errors">What could not; null when everything could.</param>
internal readonly record struct BodyReading<T>(T? Value, FieldErrors? Errors);

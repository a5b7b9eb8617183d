using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>The names of an enum in lower case, several words with hyphens between them, made once.</summary>
internal static class LowerCaseEnum<T> where T : struct, Enum
{
    private static readonly string[] Names = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)];
    private static readonly T[] Values = Enum.GetValues<T>();

    public static IReadOnlyList<string> All => Names;

    public static string Name(T value) => Names[Array.IndexOf(Values, value)];

    public static T Parse(string? name) => TryParse(name, out var value)
        ? value
        : throw new FormatException($"'{name}' is not one of {string.Join(", ", Names)}.");

    public static bool TryParse(string? name, out T value)
    {
        var index = Array.IndexOf(Names, name);
        value = index < 0 ? default : Values[index];
        return index >= 0;
    }
}

/// <summary>Writes an enum as its name in lower case and reads no other spelling and no number.</summary>
public sealed class LowerCaseEnumConverter<T> : JsonConverter<T> where T : struct, Enum
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && LowerCaseEnum<T>.TryParse(reader.GetString(), out var value)
            ? value
            : throw new JsonException($"must be one of {string.Join(", ", LowerCaseEnum<T>.All)}");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LowerCaseEnum<T>.Name(value));
}

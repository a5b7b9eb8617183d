using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fleet.Notifier.Hubs;

/// <summary>Says in words why arguments could not be read.</summary>
internal static partial class ArgumentFault
{
    public static string Describe(Exception fault) => fault switch
    {
        { InnerException: JsonException json } => Describe(json),
        // Its own words count the arguments given and those expected.
        InvalidDataException => fault.Message,
        _ => "its arguments cannot be read.",
    };

    private static string Describe(JsonException fault)
    {
        var place = fault.Path is { Length: > 2 } path ? $"{path[2..]} " : "an argument ";
        // The serializer names the field only in its message.
        if (UnknownField().Match(fault.Message) is { Success: true } field) return $"there is no field '{field.Groups[1].Value}'.";
        // Fleet's own converters say what must be; the serializer says which .NET type it wanted, which helps nobody here.
        return fault.Message.StartsWith("must ", StringComparison.Ordinal) ? $"{place}{fault.Message}." : $"{place}is of another type.";
    }

    [GeneratedRegex("^The JSON property '(.+)' could not be mapped")]
    private static partial Regex UnknownField();
}

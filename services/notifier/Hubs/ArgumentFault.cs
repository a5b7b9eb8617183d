using System.Text.Json;
using System.Text.RegularExpressions;
using Fleet.Engine;

namespace Fleet.Notifier.Hubs;

/// <summary>Says in words why arguments could not be read.</summary>
internal static partial class ArgumentFault
{
    private static readonly string[] FilterFields =
        [.. FleetJson.Options.GetTypeInfo(typeof(FeedFilter)).Properties.Select(property => property.Name)];

    /// <summary>What is wrong, as a sentence.</summary>
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
        if (UnknownField().Match(fault.Message) is { Success: true } match)
            return $"{match.Groups[1].Value} is not a field of the filter.{NearestName.Question(match.Groups[1].Value, FilterFields)}";
        // Fleet's own converters say what must be; the serializer says which .NET type it wanted, which helps nobody here.
        return fault.Message.StartsWith("must ", StringComparison.Ordinal) ? $"{place}{fault.Message}." : $"{place}is of another type.";
    }

    [GeneratedRegex("^The JSON property '(.+)' could not be mapped")]
    private static partial Regex UnknownField();
}

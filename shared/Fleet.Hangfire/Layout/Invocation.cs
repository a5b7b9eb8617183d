using System.Text.Json;

namespace Fleet.Hangfire.Layout;

/// <summary>A run as the call that Hangfire takes a job for: that of <see cref="FleetRun.Run"/>.</summary>
internal static class Invocation
{
    /// <summary>How much of an input is shown.</summary>
    private const int InputCharacters = 200;

    public static string Type { get; } = $"{typeof(FleetRun).FullName}, {typeof(FleetRun).Assembly.GetName().Name}";

    public const string Method = nameof(FleetRun.Run);

    private static readonly string[] Types = ["System.String", "System.String"];

    /// <summary>The types of its parameters, as JSON.</summary>
    public static string ParameterTypes { get; } = Json(Types);

    /// <summary>The arguments, each as JSON, as JSON.</summary>
    public static string Arguments(string job, JsonElement input) => Json(Each(job, input));

    /// <summary>The payload of a recurring job.</summary>
    public static string Payload(string job, JsonElement input, string queue) => Json(new Dictionary<string, object>
    {
        ["t"] = Type,
        ["m"] = Method,
        ["p"] = Types,
        ["a"] = Each(job, input),
        ["q"] = queue,
    });

    /// <summary>The beginning of a text that may be too long to be shown.</summary>
    public static string Cut(string text, int characters = InputCharacters) => text.Length <= characters ? text : text[..characters] + "…";

    /// <summary>JSON as it is shown to people.</summary>
    public static string Json<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Default);

    private static string[] Each(string job, JsonElement input) => [Json(job), Json(Cut(input.GetRawText()))];
}

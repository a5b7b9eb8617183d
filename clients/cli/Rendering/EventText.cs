using System.Globalization;
using System.Text.Json;

namespace Fleet.Cli.Rendering;

/// <summary>Events of a timeline in words, each on one line.</summary>
internal static class EventText
{
    /// <summary>What an event says besides its type.</summary>
    public static string Summary(RunEvent item) => Printable.Line(item.Type switch
    {
        EventType.Scheduled => Join(Due(item, "due"), Text(item, "reason")),
        EventType.Started => Join($"attempt {item.Attempt}", Text(item, "worker") is { } worker ? $"on {worker}" : null, separator: " "),
        EventType.Progress => Progress(Number(item, "value"), Text(item, "message")),
        EventType.Log => Text(item, "line") ?? "",
        EventType.Retrying => Join(
            Join($"attempt {item.Attempt} failed", Error(item) is { } error ? $"{error.Type}: {error.Message}" : null, separator: ": "), Due(item, "next at")),
        EventType.Released => Text(item, "worker") is { } worker ? $"{worker} is shutting down" : "",
        EventType.Recovered => Text(item, "worker") is { } worker ? $"{worker} stopped answering" : "",
        EventType.Succeeded => Output(item) is { } output ? JsonText.Compact(output) : "",
        EventType.Failed => Error(item) is { } error ? $"{error.Type}: {error.Message}" : "",
        _ => "",
    });

    /// <summary>A whole event on a line, for pipes.</summary>
    public static string Line(RunEvent item) => $"{TimeText.Wire(item.At)}  {item.Type.Name(),-9}  {Summary(item)}".TrimEnd();

    public static string Progress(double value, string? message) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value * 100):0}%{(message is { Length: > 0 } ? $" {message}" : "")}");

    /// <summary>Whether a log event came from a command's error output.</summary>
    public static bool IsErrorOutput(RunEvent item) => Text(item, "stream") == "stderr";

    public static RunError? Error(RunEvent item) =>
        Property(item, "error") is { ValueKind: JsonValueKind.Object } error ? error.Deserialize<RunError>(FleetJson.Options) : null;

    public static JsonElement? Output(RunEvent item) => Property(item, "output");

    public static RunProgress ProgressOf(RunEvent item) => new(Number(item, "value"), Text(item, "message"));

    public static string? Text(RunEvent item, string name) => Property(item, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static double Number(RunEvent item, string name) => Property(item, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : 0;

    private static JsonElement? Property(RunEvent item, string name) =>
        item.Data is { ValueKind: JsonValueKind.Object } data && data.TryGetProperty(name, out var value) ? value : null;

    private static string? Due(RunEvent item, string word) => Text(item, "dueAt") is { } due ? $"{word} {due}" : null;

    private static string Join(string? first, string? second, string separator = "; ") =>
        string.Join(separator, new[] { first, second }.Where(part => part is { Length: > 0 }));
}

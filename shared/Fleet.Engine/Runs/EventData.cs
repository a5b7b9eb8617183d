using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fleet.Engine.Runs;

/// <summary>The data of an event between Redis, where times are milliseconds, and the wire, where they are timestamps.</summary>
internal static class EventData
{
    private const string DueAt = "dueAt";

    public static JsonElement? Read(string? json) => json is null ? null : ToWire(JsonElement.Parse(json));

    public static JsonElement? OfWorker(string? name) => JsonSerializer.SerializeToElement(new { worker = name });

    public static JsonElement? OfDropped(long count) => JsonSerializer.SerializeToElement(new
    {
        line = $"{count} {(count == 1 ? "event was" : "events were")} dropped here: of a run's progress and log, the newest are kept (Fleet:Limits:LogEvents).",
        stream = "fleet",
        dropped = count,
    });

    public static JsonElement? ToWire(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object) return null;
        if (!data.TryGetProperty(DueAt, out var due) || due.ValueKind != JsonValueKind.Number) return data;

        var wire = JsonObject.Create(data)!;
        wire[DueAt] = JsonSerializer.SerializeToNode(DateTimeOffset.FromUnixTimeMilliseconds(due.GetInt64()), FleetJson.Options);
        return JsonSerializer.SerializeToElement(wire);
    }
}

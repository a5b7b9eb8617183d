using System.Text.Json;
using Fleet.Engine.Runs;

namespace Fleet.Engine.Live;

/// <summary>What a watch of a run is told: events that happened, how far the timeline has come, or how many watch.</summary>
/// <param name="Events">Events in order, without a gap between them.</param>
/// <param name="Newest">The newest event there is; <see cref="Deleted"/> or <see cref="Unknown"/>.</param>
internal sealed record RunMessage(IReadOnlyList<RunEvent> Events, long Newest)
{
    /// <summary>As <see cref="Newest"/>: the run is no longer there.</summary>
    public const long Deleted = -1;

    /// <summary>As <see cref="Newest"/>: something came that was not understood or not kept, so Redis has to be asked.</summary>
    public const long Unknown = -2;

    /// <summary>As <see cref="Newest"/>: this is about the watchers and says nothing of the timeline.</summary>
    public const long Untold = -3;

    /// <summary>How many watch the run, where the message says that instead.</summary>
    public int? Watchers { get; private init; }

    /// <summary>How many bytes it had when it came: about what it costs to keep.</summary>
    public int Bytes { get; private init; }

    /// <summary>Says that Redis has to be asked.</summary>
    public static RunMessage Ask { get; } = new([], Unknown);

    /// <summary>Says how many watch the run.</summary>
    public static RunMessage OfWatchers(int count) => new([], Untold) { Watchers = count };

    /// <summary>Reads what record.lua and attend.lua publish.</summary>
    public static RunMessage Parse(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Object) return OfWatchers(document.RootElement.GetProperty("watchers").GetInt32());
            var events = new List<RunEvent>(document.RootElement.GetArrayLength());
            foreach (var item in document.RootElement.EnumerateArray())
            {
                events.Add(new RunEvent(
                    item.GetProperty("seq").GetInt64(),
                    EventTypes.Parse(item.GetProperty("type").GetString()),
                    DateTimeOffset.FromUnixTimeMilliseconds(item.GetProperty("at").GetInt64()),
                    item.GetProperty("attempt").GetInt32(),
                    EventData.ToWire(item.GetProperty("data").Clone())));
            }

            return events.Count > 0 ? new RunMessage(events, events[^1].Seq) { Bytes = json.Length } : Ask;
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            // From a newer version of Fleet, say. What the record says can still be read.
            return Ask;
        }
    }
}

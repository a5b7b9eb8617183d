using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>Which runs a watcher of the feed wants to see; what is absent lets everything through.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FeedFilter
{
    /// <summary>How many ids a filter may name.</summary>
    public const int MostIds = 1000;

    /// <summary>Only runs in one of these states; in JSON a list of them, or just one.</summary>
    [JsonConverter(typeof(OneOrManyStatesConverter))]
    public IReadOnlyList<RunState>? State { get; init; }

    /// <summary>Only runs of this job.</summary>
    public string? Job { get; init; }

    /// <summary>Only runs of this queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Only runs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only these runs, at most <see cref="MostIds"/> of them.</summary>
    public IReadOnlyList<RunId>? Ids { get; init; }

    /// <summary>
    /// Only one page of the list of runs that pass, newest first: the watcher gets what changes on that page, runs that enter and leave
    /// it included, and nothing else.
    /// </summary>
    public ListWindow? Page { get; init; }

    /// <summary>Whether the filter lets <paramref name="item"/> through, whatever page it would be on.</summary>
    public bool Matches(FeedItem item) => MatchesState(item.State) && MatchesForever(item);

    /// <summary>Whether the filter lets this state through.</summary>
    public bool MatchesState(RunState state) => State is null || State.Contains(state);

    /// <summary>Whether what never changes about a run passes: such a run can only be let through or not by its state.</summary>
    public bool MatchesForever(FeedItem item) =>
        (Job is null || Job == item.Job)
        && (Queue is null || Queue == item.Queue)
        && (Tag is null || item.Tags.Contains(Tag))
        && (Ids is null || Ids.Contains(item.Id));
}

/// <summary>Reads a list of states, or one state as a list of one; writes a list.</summary>
internal sealed class OneOrManyStatesConverter : JsonConverter<IReadOnlyList<RunState>>
{
    public override IReadOnlyList<RunState> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return [ReadState(ref reader)];
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("must be a state or a list of states");
        var states = new List<RunState>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) states.Add(ReadState(ref reader));
        return states;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<RunState> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var state in value) writer.WriteStringValue(state.Name());
        writer.WriteEndArray();
    }

    private static RunState ReadState(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && RunStates.TryParse(reader.GetString(), out var state)
            ? state
            : throw new JsonException($"must be one of {string.Join(", ", RunStates.All.Select(known => known.Name()))}");
}

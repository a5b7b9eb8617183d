using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Fleet;

/// <summary>How Fleet's types are written as JSON: camelCase, UTC timestamps with milliseconds, enums as names in lower case.</summary>
public static class FleetJson
{
    /// <summary>The options every part of Fleet reads and writes JSON with. Read-only.</summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>Makes the serializer behave as the contract says; what the options held before is overwritten.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        options.RespectNullableAnnotations = true;
        // Everything is sent as application/json, never inside HTML, so quotes and umlauts can stay as they are.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new TimestampConverter());
        options.Converters.Add(new DurationConverter());
        // Options that know no types at all, as SignalR's, would otherwise know none but Fleet's.
        if (options.TypeInfoResolverChain.Count == 0) options.TypeInfoResolverChain.Add(new DefaultJsonTypeInfoResolver());
        options.TypeInfoResolverChain.Insert(0, FleetJsonContext.Default);
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions();
        Configure(options);
        options.MakeReadOnly();
        return options;
    }

    /// <summary>Timestamps: RFC 3339, written in UTC with milliseconds.</summary>
    private sealed class TimestampConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var value)
                ? value
                : throw new JsonException("must be a timestamp such as \"2026-01-31T09:30:00Z\"");

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
        {
            // A format of one's own with just the milliseconds takes several times as long.
            Span<byte> text = stackalloc byte["2026-01-31T09:30:00.1234567Z".Length];
            value.UtcDateTime.TryFormat(text, out _, "O", CultureInfo.InvariantCulture);
            const int Milliseconds = 23;
            text[Milliseconds] = (byte)'Z';
            writer.WriteStringValue(text[..(Milliseconds + 1)]);
        }
    }

    /// <summary>Durations: a number of seconds, or <c>hh:mm:ss</c>; written as the latter.</summary>
    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        private static readonly string[] Formats = [@"h\:mm\:ss", @"hh\:mm\:ss", @"h\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];
        private const double MaxSeconds = 100L * 366 * 24 * 3600;

        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && Math.Abs(seconds) <= MaxSeconds)
                return TimeSpan.FromSeconds(seconds);
            if (reader.TokenType == JsonTokenType.String
                && TimeSpan.TryParseExact(reader.GetString(), Formats, CultureInfo.InvariantCulture, out var span))
                return span;
            throw new JsonException("must be a number of seconds or \"hh:mm:ss\"");
        }

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString("c", CultureInfo.InvariantCulture));
    }
}

/// <summary>Serialisers made at build time for what is read and written most.</summary>
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunEvent[]))]
[JsonSerializable(typeof(IReadOnlyList<RunEvent>))]
[JsonSerializable(typeof(NewRun))]
[JsonSerializable(typeof(NewRunBatch))]
[JsonSerializable(typeof(BatchResult))]
[JsonSerializable(typeof(Page<Run>))]
[JsonSerializable(typeof(Page<RunEvent>))]
[JsonSerializable(typeof(FeedItem))]
[JsonSerializable(typeof(IReadOnlyList<FeedItem>))]
[JsonSerializable(typeof(FeedFilter))]
[JsonSerializable(typeof(ForkRun))]
[JsonSerializable(typeof(FeedSnapshot))]
[JsonSerializable(typeof(FeedPage))]
[JsonSerializable(typeof(IReadOnlyList<QueueInfo>))]
[JsonSerializable(typeof(IReadOnlyList<WorkerInfo>))]
[JsonSerializable(typeof(RunSnapshot))]
[JsonSerializable(typeof(WorkerEvent))]
[JsonSerializable(typeof(JobInfo))]
[JsonSerializable(typeof(Page<JobInfo>))]
[JsonSerializable(typeof(WorkerInfo))]
[JsonSerializable(typeof(Page<WorkerInfo>))]
[JsonSerializable(typeof(Page<QueueInfo>))]
[JsonSerializable(typeof(QueueInfo))]
[JsonSerializable(typeof(PurgeResult))]
[JsonSerializable(typeof(BulkRequest))]
[JsonSerializable(typeof(BulkReceipt))]
[JsonSerializable(typeof(BulkOutcome))]
[JsonSerializable(typeof(RunExplanation))]
[JsonSerializable(typeof(Page<StatsMinute>))]
[JsonSerializable(typeof(Page<JobStats>))]
[JsonSerializable(typeof(SchedulePreview))]
[JsonSerializable(typeof(FleetStats))]
[JsonSerializable(typeof(NewSchedule))]
[JsonSerializable(typeof(Schedule))]
[JsonSerializable(typeof(Page<Schedule>))]
[JsonSerializable(typeof(FleetProblem))]
[JsonSerializable(typeof(Backoff))]
[JsonSerializable(typeof(RunError))]
[JsonSerializable(typeof(RunProgress))]
internal sealed partial class FleetJsonContext : JsonSerializerContext;

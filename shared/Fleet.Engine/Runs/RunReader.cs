using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Runs;

/// <summary>Reads runs and their timelines.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class RunReader
{
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;

    internal RunReader(FleetKeys keys, RedisConnection redis)
    {
        _keys = keys;
        _redis = redis;
    }

    /// <summary>A run with its lifecycle; null when there is no such run.</summary>
    public async Task<RunRecord?> GetAsync(RunId id) =>
        _keys.Of(id) is { } partition ? RunRecord.Parse(id, await _redis.Database.HashGetAllAsync(partition.Run(id))) : null;

    /// <summary>Many runs, in the order of <paramref name="ids"/>; those that are not there are left out.</summary>
    public async Task<IReadOnlyList<Run>> GetAsync(IEnumerable<RunId> ids) => [.. (await RecordsAsync(ids)).Select(record => record.Run)];

    /// <summary>Many runs with their lifecycles, in the order of <paramref name="ids"/>; those that are not there are left out.</summary>
    public async Task<IReadOnlyList<RunRecord>> RecordsAsync(IEnumerable<RunId> ids) =>
        [.. (await Task.WhenAll(ids.Select(GetAsync))).OfType<RunRecord>()];

    /// <summary>
    /// The events after <paramref name="after"/>, in order, at most <paramref name="limit"/>; null when there is no such run. A log line says
    /// where some are no longer kept.
    /// </summary>
    public async Task<Timeline?> EventsAsync(RunId id, long after, int limit = int.MaxValue)
    {
        if (_keys.Of(id) is not { } partition) return null;

        // The log is read after the record, so it holds all that the record knows of; what came between the two is left out, and so
        // both are of the same moment. A transaction would cost more, and may never end when the connection breaks under it.
        var hash = _redis.Database.HashGetAllAsync(partition.Run(id));
        var log = _redis.Database.StreamRangeAsync(partition.Log(id), $"({after}-0", "+", limit);
        await Task.WhenAll(hash, log);
        if (RunRecord.Parse(id, await hash) is not { } record) return null;

        var lifecycle = record.Lifecycle.Where(e => e.Seq > after);
        var logged = (await log).Select(ParseLogEvent).Where(e => e.Seq <= record.Run.Seq);
        var events = lifecycle.Concat(logged).OrderBy(e => e.Seq).Take(limit).ToList();
        var gap = HasGap(events, after, record.Run.Seq, limit);
        return new Timeline(record.Run, gap ? [.. Annotate(events, after).Take(limit)] : events, gap);
    }

    /// <summary>
    /// Says in a line of the log how many events are no longer kept, so that whoever reads a timeline sees it. The line has the place and
    /// the number of the last of them.
    /// </summary>
    private static IEnumerable<RunEvent> Annotate(List<RunEvent> events, long after)
    {
        foreach (var kept in events)
        {
            var dropped = kept.Seq - after - 1;
            if (dropped > 0) yield return new RunEvent(kept.Seq - 1, EventType.Log, kept.At, kept.Attempt, EventData.OfDropped(dropped));
            yield return kept;
            after = kept.Seq;
        }
    }

    internal static RunEvent ParseLogEvent(StreamEntry entry)
    {
        var id = entry.Id.ToString();
        return new RunEvent(
            long.Parse(id.AsSpan(0, id.IndexOf('-', StringComparison.Ordinal)), provider: null),
            EventTypes.Parse(entry["type"]),
            DateTimeOffset.FromUnixTimeMilliseconds((long)entry["at"]),
            (int)entry["attempt"],
            EventData.Read(entry["data"]));
    }

    /// <summary>
    /// Whether the events do not simply follow <paramref name="after"/>: retention dropped some of them, or there never was such an
    /// event, as happens when Redis loses its last writes.
    /// </summary>
    private static bool HasGap(List<RunEvent> events, long after, long newest, int limit)
    {
        if (events.Count == 0) return after != newest;
        return events[0].Seq != after + 1
            || events[^1].Seq - events[0].Seq + 1 != events.Count
            || (events.Count < limit && events[^1].Seq != newest);
    }
}

/// <summary>A part of a run's timeline and the run at the same moment.</summary>
/// <param name="Run">The run.</param>
/// <param name="Events">The events, in order.</param>
/// <param name="Gap">Whether events that belong between them are no longer kept.</param>
public sealed record Timeline(Run Run, IReadOnlyList<RunEvent> Events, bool Gap);

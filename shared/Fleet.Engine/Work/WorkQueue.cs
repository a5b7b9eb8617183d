using System.Globalization;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Work;

/// <summary>What a worker does to the runs it takes, in batches of one partition each.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class WorkQueue
{
    private static readonly string[] OutcomeNames = [.. Enum.GetNames<AttemptOutcome>().Select(name => name.ToLowerInvariant())];

    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly FleetOptions _options;
    private readonly TimeProvider _time;

    internal WorkQueue(RedisConnection redis, RedisClock clock, IOptions<FleetOptions> options, TimeProvider time)
    {
        _redis = redis;
        _clock = clock;
        _options = options.Value;
        _time = time;
    }

    /// <summary>Takes up to <paramref name="count"/> runs from the lines of one partition, emptying them in the order given.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="count">How many runs at most.</param>
    /// <param name="patience">From lines whose oldest run has waited for longer than this, one comes first; none does where it is zero.</param>
    public async Task<IReadOnlyList<TakenRun>> TakeAsync(IReadOnlyList<WaitingLine> lines, string worker, int count, TimeSpan patience = default)
    {
        var call = Scripts.Take.Call(lines.Count, [], [worker, count, (long)patience.TotalMilliseconds]);
        foreach (var line in lines) call.Add([line.Stream]);
        return Counted(ReadTaken(await call.EvaluateAsync(_redis.Database), lines));
    }

    /// <summary>Waits until a run enters one of the lines, and takes it.</summary>
    /// <param name="connection">A connection of the caller's own, from <see cref="RedisConnection.OpenBlockingAsync"/>: it is blocked meanwhile.</param>
    /// <param name="lines">Lines of one partition.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="longest">How long to wait.</param>
    /// <returns>
    /// Mostly one run; one of each line when several lines had some already; none when a line has to be made first; null when the time is up, or
    /// the wait was ended.
    /// </returns>
    public static async Task<IReadOnlyList<TakenRun>?> WaitAsync(
        IConnectionMultiplexer connection, IReadOnlyList<WaitingLine> lines, string worker, TimeSpan longest)
    {
        var args = new List<object>(9 + lines.Count * 2)
        {
            "GROUP", "fleet", worker, "COUNT", 1, "BLOCK", (long)longest.TotalMilliseconds, "STREAMS",
        };
        args.AddRange(lines.Select(line => (object)line.Stream));
        args.AddRange(lines.Select(_ => (object)">"));
        try
        {
            var reply = await connection.GetDatabase().ExecuteAsync("XREADGROUP", args);
            return reply.IsNull ? null : Counted(ReadEntries(reply, lines));
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal)
            || e.Message.StartsWith("UNBLOCKED", StringComparison.Ordinal))
        {
            // A stream has not come into use, or vanished with a Redis that lost its data. Taking makes it.
            return [];
        }
    }

    /// <summary>
    /// Asks as whom Redis knows the connection on which a line is waited for, so that <see cref="UnblockAsync"/> can end a wait; null where
    /// Redis does not say.
    /// </summary>
    public static async Task<long?> IdentifyAsync(IConnectionMultiplexer connection, WaitingLine line)
    {
        try
        {
            return (long)await connection.GetServer(line.Stream).ExecuteAsync("CLIENT", "ID");
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            return null;
        }
    }

    /// <summary>Ends a wait as if its time were up. False when the connection does not wait, or not yet.</summary>
    /// <param name="line">A line that it waits for.</param>
    /// <param name="client">The connection, as <see cref="IdentifyAsync"/> has it.</param>
    public async Task<bool> UnblockAsync(WaitingLine line, long client) =>
        (int)await _redis.Shared.GetServer(line.Stream).ExecuteAsync("CLIENT", "UNBLOCK", client) == 1;

    /// <summary>Whether a run's deadline for its start passed before anybody began an attempt at it.</summary>
    public bool IsOverdue(TakenRun run) => run.Attempt == 1 && run.Options.ExpiresAt is { } deadline && deadline.ToUnixTimeMilliseconds() <= _clock.Now;

    /// <summary>All runs of these lines, of one partition, that Redis has handed to a worker and not heard the end of.</summary>
    public async Task<IReadOnlyList<TakenRun>> HandedAsync(IReadOnlyList<WaitingLine> lines, string worker)
    {
        if (lines.Count == 0) return [];
        // Read from the beginning, a group gives its consumer what it holds already.
        var args = new List<object>(4 + lines.Count * 2) { "GROUP", "fleet", worker, "STREAMS" };
        args.AddRange(lines.Select(line => (object)line.Stream));
        args.AddRange(lines.Select(_ => (object)"0"));
        try
        {
            return ReadEntries(await _redis.Database.ExecuteAsync("XREADGROUP", args), lines);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
        {
            // With a group, Redis has lost who held what.
            return [];
        }
    }

    /// <summary>Records that attempts are under way, and learns how they stand.</summary>
    public async Task<IReadOnlyList<AttemptStanding>> StartAsync(string worker, IReadOnlyList<(TakenRun Run, long StartedAt)> attempts)
    {
        var partition = attempts[0].Run.Line.Partition;
        var call = Scripts.Start.Call(attempts.Count, [partition.Events, partition.Feed], [_options.Limits.FeedBatches, worker]);
        foreach (var (run, startedAt) in attempts)
            call.Add([partition.Run(run.Id)], [run.Entry, run.Attempt, Elapsed(startedAt), run.Label]);
        return [.. (await CallAsync(call)).Select(reply => (AttemptStanding)reply)];
    }

    /// <summary>Records progress and log lines. False for an attempt that is no longer current.</summary>
    public async Task<IReadOnlyList<bool>> AppendAsync(string worker, IReadOnlyList<AttemptEvents> batch)
    {
        var partition = batch[0].Run.Line.Partition;
        var call = Scripts.Append.Call(batch.Count, [partition.Events, partition.Feed],
            [_options.Limits.FeedBatches, worker, _options.Limits.LogEvents]);
        foreach (var (run, startedAt, events) in batch)
        {
            var list = JsonSerializer.Serialize(events.Select(e => new[] { e.Type.Name(), e.Data }), FleetJson.Options);
            call.Add([partition.Run(run.Id), partition.Log(run.Id)], [run.Entry, run.Attempt, Elapsed(startedAt), run.Label, list]);
        }

        return [.. (await CallAsync(call)).Select(reply => reply == 1)];
    }

    /// <summary>Records how attempts ended. False for one that was no longer current, whose end is not recorded.</summary>
    public async Task<IReadOnlyList<bool>> FinishAsync(string worker, IReadOnlyList<AttemptReport> reports)
    {
        var partition = reports[0].Run.Line.Partition;
        var streams = reports.Select(report => report.Run.Line.Stream).Distinct().ToList();
        var kinds = new Kinds<string>();
        var call = Scripts.Finish.Call(reports.Count,
            [partition.Events, partition.Feed, partition.Due, partition.Sweep, partition.Active, partition.Retained,
                partition.Kept(_options.Retention.Succeeded), partition.Kept(_options.Retention.Others),
                partition.Final(RunState.Succeeded), partition.Final(RunState.Failed), partition.Final(RunState.Cancelled),
                partition.Final(RunState.Expired), .. streams],
            [partition.StatsPrefix, _options.Limits.FeedBatches, worker, streams.Count]);
        foreach (var report in reports)
        {
            var run = report.Run;
            var elapsed = report.StartedAt is { } at ? Elapsed(at) : -1;
            var stream = streams.IndexOf(run.Line.Stream) + 1;
            var kind = kinds.NumberOf(
                $"{stream} {run.Attempt} {OutcomeNames[(int)report.Outcome]} {(long)report.Delay.TotalMilliseconds} {run.Keep} {run.Label}");
            call.Add([partition.Run(run.Id)], [run.Entry, $"{kind} {elapsed}", report.Payload]);
        }

        foreach (var kind in kinds.All) call.AddArgs(kind);

        bool[] recorded = [.. (await CallAsync(call)).Select(reply => reply == 1)];
        foreach (var (outcome, count) in reports.Where((_, index) => recorded[index]).CountBy(report => report.Outcome))
            FleetMetrics.Ended.Add(count, new KeyValuePair<string, object?>("outcome", OutcomeNames[(int)outcome]));
        return recorded;
    }

    /// <summary>Puts a run back into its place in the line that was taken and not begun. False where its place is lost, or the run not ours.</summary>
    public async Task<bool> TryRestoreAsync(TakenRun run, string worker)
    {
        var call = Scripts.Restore.Call(0, [run.Line.Stream, run.Line.Partition.Run(run.Id)], [worker, run.Entry]);
        return (int)await call.EvaluateAsync(_redis.Database) == 1;
    }

    /// <summary>Renews the lease on runs of one line; returns those that are lost.</summary>
    public async Task<IReadOnlyList<TakenRun>> RenewAsync(string worker, IReadOnlyList<TakenRun> runs)
    {
        // Claiming one's own entry resets its idle time; an entry that is no longer pending cannot be claimed.
        var claimed = await _redis.Database.StreamClaimIdsOnlyAsync(
            runs[0].Line.Stream, "fleet", worker, 0, [.. runs.Select(run => (RedisValue)run.Entry)]);
        var held = claimed.Select(entry => entry.ToString()).ToHashSet();
        return [.. runs.Where(run => !held.Contains(run.Entry))];
    }

    /// <summary>The input of a run whose entry does not carry it; null when the run is gone.</summary>
    public async Task<ReadOnlyMemory<byte>?> FetchInputAsync(TakenRun run)
    {
        var input = await _redis.Database.HashGetAsync(run.Line.Partition.Run(run.Id), RunFields.Input);
        // With `null` in its place the compiler would take a null array, and make empty memory of it.
        return input.IsNull ? default(ReadOnlyMemory<byte>?) : (ReadOnlyMemory<byte>)input;
    }

    private async Task<int[]> CallAsync(ScriptCall call) => (int[])(await call.EvaluateAsync(_redis.Database))!;

    private long Elapsed(long startedAt) => (long)_time.GetElapsedTime(startedAt).TotalMilliseconds;

    /// <summary>Reads a reply of take.lua: of each stream, one list of entries and what they say.</summary>
    private static List<TakenRun> ReadTaken(RedisResult reply, IReadOnlyList<WaitingLine> lines)
    {
        var taken = new List<TakenRun>();
        foreach (var (line, told) in ReadStreams(reply, lines))
        {
            for (var i = 0; i < told.Length; i += 2) taken.Add(ReadEntry(line, told[i], told[i + 1]));
        }

        return taken;
    }

    /// <summary>Reads a reply of XREADGROUP: of each stream, a list of entries, each with its fields.</summary>
    private static List<TakenRun> ReadEntries(RedisResult reply, IReadOnlyList<WaitingLine> lines)
    {
        var taken = new List<TakenRun>();
        foreach (var (line, entries) in ReadStreams(reply, lines))
        {
            for (var e = 0; e < entries.Length; e++)
            {
                // One that is held without being there any more has no fields.
                if (entries[e][1] is { IsNull: false } fields) taken.Add(ReadEntry(line, entries[e][0], fields[1]));
            }
        }

        return taken;
    }

    private static IEnumerable<(WaitingLine Line, RedisResult Entries)> ReadStreams(RedisResult reply, IReadOnlyList<WaitingLine> lines)
    {
        for (var s = 0; s < reply.Length; s++)
        {
            var key = (RedisKey)reply[s][0];
            yield return (lines.First(candidate => candidate.Stream == key), reply[s][1]);
        }
    }

    private static List<TakenRun> Counted(List<TakenRun> taken)
    {
        FleetMetrics.Taken.Add(taken.Count);
        return taken;
    }

    /// <summary>Reads an entry as line.lua writes it: "id attempt head", options and input, each on a line of its own.</summary>
    private static TakenRun ReadEntry(WaitingLine line, RedisResult entry, RedisResult written)
    {
        ReadOnlyMemory<byte> told = (byte[])written!;
        var first = told.Span.IndexOf((byte)'\n');
        var second = first + 1 + told.Span[(first + 1)..].IndexOf((byte)'\n');
        var names = Encoding.UTF8.GetString(told.Span[..first]);
        var attempt = names.AsSpan(RunId.TextLength + 1);
        var head = attempt.IndexOf(' ');
        return new TakenRun(
            line,
            (string)entry!,
            RunId.Parse(names.AsSpan(0, RunId.TextLength)),
            int.Parse(attempt[..head], NumberStyles.None, CultureInfo.InvariantCulture),
            RunHead.Read(attempt[(head + 1)..]),
            Encoding.UTF8.GetString(told.Span[(first + 1)..second]),
            told[(second + 1)..]);
    }
}

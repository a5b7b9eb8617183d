using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Engine.Runs;

/// <summary>What callers do to runs: have them taken, cancel, retry and forget them. Single calls are batched by themselves.</summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class RunStore
{
    /// <summary>How many runs one call to Redis carries at most: enough to spread its cost, few enough not to hold up others.</summary>
    private const int MostPerCall = 256;

    /// <summary>How many calls of one large batch are under way at a time, so that Redis never waits for the next.</summary>
    private const int CallsUnderWay = 4;

    /// <summary>What stands in the place of a run's id where an idempotency key belongs to a request that creates many.</summary>
    private static readonly string NoRun = new('-', RunId.TextLength);

    private static readonly TimeSpan IdempotencyWindow = TimeSpan.FromHours(24);

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly QueueRegistry _queues;
    private readonly FleetOptions _options;
    private readonly NaturalBatch<NewRecord, EnqueueResult>[] _enqueuers;
    private uint _nextPartition;

    internal RunStore(FleetKeys keys, RedisConnection redis, RedisClock clock, QueueRegistry queues, IOptions<FleetOptions> options)
    {
        _keys = keys;
        _redis = redis;
        _clock = clock;
        _queues = queues;
        _options = options.Value;
        _enqueuers = [.. keys.Partitions.Select(partition =>
            new NaturalBatch<NewRecord, EnqueueResult>(MostPerCall, batch => SendAsync(partition, batch)))];
    }

    /// <summary>Accepts a run.</summary>
    public async Task<EnqueueResult> EnqueueAsync(RunSpec spec)
    {
        await _queues.EnsureAsync(spec.Queue);
        var run = Name(spec);
        return await _enqueuers[run.Id.Partition].AddAsync(run);
    }

    /// <summary>Accepts many runs; the results are in the order of <paramref name="specs"/>.</summary>
    public async Task<EnqueueResult[]> EnqueueAsync(IReadOnlyList<RunSpec> specs)
    {
        foreach (var queue in specs.Select(spec => spec.Queue).Distinct()) await _queues.EnsureAsync(queue);

        var results = new EnqueueResult[specs.Count];
        var calls = specs.Select((spec, index) => (Index: index, Run: Name(spec)))
            .GroupBy(item => item.Run.Id.Partition)
            .SelectMany(partition => partition.Chunk(MostPerCall));
        await Parallel.ForEachAsync(calls, new ParallelOptions { MaxDegreeOfParallelism = CallsUnderWay }, async (call, _) =>
        {
            var stored = await SendAsync(_keys.Partitions[call[0].Run.Id.Partition], [.. call.Select(item => item.Run)]);
            for (var i = 0; i < call.Length; i++) results[call[i].Index] = stored[i];
        });
        return results;
    }

    /// <summary>Accepts one of Fleet's own background runs, which no list shows.</summary>
    internal async Task<EnqueueResult> EnqueueSystemAsync(RunSpec spec) => (await SendAsync(_keys.System, [Name(spec, _keys.System.Index)]))[0];

    /// <summary>
    /// Claims an idempotency key for a request that creates many runs. False when the key came with another request before, of
    /// this kind or for a single run; true for the first time and whenever the same request is made again.
    /// </summary>
    /// <param name="key">The caller's name for its request.</param>
    /// <param name="fingerprint">A hash of the request.</param>
    public async Task<bool> ClaimAsync(string key, string fingerprint)
    {
        var hash = Hash(key);
        var claim = NoRun + fingerprint;
        var held = await _redis.Database.StringSetAndGetAsync(
            _keys.Partitions[PartitionOf(hash)].Idempotency(hash), claim, IdempotencyWindow, when: When.NotExists);
        return held.IsNull || held == claim;
    }

    /// <summary>Cancels runs: those that wait at once, those that run by telling their workers.</summary>
    /// <param name="ids">The runs.</param>
    /// <param name="waiting">Only those that wait: runs that a worker holds are left alone.</param>
    /// <param name="audit">Who asked for it, for the timeline.</param>
    public async Task<IReadOnlyList<CancelOutcome>> CancelAsync(IReadOnlyList<RunId> ids, bool waiting = false, string? audit = null) =>
        await InPartitionsAsync(ids, CancelOutcome.Unknown, async (partition, batch) =>
        {
            var call = Scripts.Cancel.Call(batch.Count,
                [partition.Events, partition.Feed, partition.Due, partition.Control, partition.Active, partition.Retained,
                    partition.Kept(_options.Retention.Others), partition.Final(RunState.Cancelled)],
                [partition.StatsPrefix, _options.Limits.FeedBatches, partition.QueuePrefix, waiting ? 1 : 0, audit ?? ""]);
            foreach (var id in batch) call.Add([partition.Run(id)]);
            return [.. (await CallAsync(call)).Select(reply => (CancelOutcome)reply)];
        });

    /// <summary>Puts final runs back into their queues.</summary>
    /// <param name="ids">The runs.</param>
    /// <param name="endedBy">Runs that became final after this are left alone, such as one that was retried already.</param>
    /// <param name="audit">Who asked for it, for the timeline.</param>
    public async Task<IReadOnlyList<ChangeOutcome>> RetryAsync(
        IReadOnlyList<RunId> ids, DateTimeOffset? endedBy = null, string? audit = null) =>
        await InPartitionsAsync(ids, ChangeOutcome.Unknown, async (partition, batch) =>
        {
            var call = Scripts.Retry.Call(batch.Count, [partition.Events, partition.Feed, partition.Active],
                [_options.Limits.FeedBatches, partition.QueuePrefix, partition.FinalPrefix,
                    (endedBy ?? DateTimeOffset.MaxValue).ToUnixTimeMilliseconds(), audit ?? ""]);
            foreach (var id in batch) call.Add([partition.Run(id)]);
            return [.. (await CallAsync(call)).Select(reply => (ChangeOutcome)reply)];
        });

    /// <summary>Puts a scheduled run into its queue before its time.</summary>
    /// <param name="id">The run.</param>
    /// <param name="seq">The run's newest event as the caller knows it: a run that has moved on since is left alone. Null for any.</param>
    /// <param name="audit">Who asked for it, for the timeline.</param>
    /// <returns>Whether it was; not when there is no such run, when it is not scheduled, or has moved on.</returns>
    public async Task<bool> HastenAsync(RunId id, long? seq = null, string? audit = null)
    {
        if (_keys.Of(id) is not { } partition) return false;
        var call = Scripts.Hasten.Call(1, [partition.Events, partition.Feed, partition.Due],
            [_options.Limits.FeedBatches, partition.QueuePrefix, audit ?? ""]);
        call.Add([partition.Run(id)], [seq ?? 0]);
        return (await CallAsync(call))[0] == 1;
    }

    /// <summary>Forgets final runs.</summary>
    /// <param name="ids">The runs.</param>
    /// <param name="endedBy">Runs that became final after this are left alone, such as one that was retried and ended again.</param>
    public async Task<IReadOnlyList<ChangeOutcome>> DeleteAsync(IReadOnlyList<RunId> ids, DateTimeOffset? endedBy = null) =>
        await InPartitionsAsync(ids, ChangeOutcome.Unknown, async (partition, batch) =>
        {
            var call = Scripts.Delete.Call(batch.Count, [partition.Expiring],
                [partition.FinalPrefix, (endedBy ?? DateTimeOffset.MaxValue).ToUnixTimeMilliseconds()]);
            foreach (var id in batch) call.Add([partition.Run(id), partition.Log(id)]);
            return [.. (await CallAsync(call)).Select(reply => (ChangeOutcome)reply)];
        });

    private NewRecord Name(RunSpec spec, int? given = null)
    {
        var unique = spec.Unique is { } rule ? Hash($"{spec.Job}\n{rule.Key}") : null;
        var idempotency = spec.IdempotencyKey is { } key ? Hash(key) : null;
        // Runs that may be the same must meet in one partition to be found so.
        var partition = given ?? ((unique ?? idempotency) is { } hash
            ? PartitionOf(hash)
            : (int)(Interlocked.Increment(ref _nextPartition) % (uint)_keys.Partitions.Count));
        return new NewRecord(RunId.New(_clock.Now, partition), spec, unique, idempotency);
    }

    private async Task<IReadOnlyList<EnqueueResult>> SendAsync(PartitionKeys partition, IReadOnlyList<NewRecord> batch)
    {
        var call = Scripts.Enqueue.Call(batch.Count,
            [partition.Active, partition.Due, partition.Expiring, partition.Events, partition.Feed, partition.Sweep],
            [partition.StatsPrefix, _options.Limits.FeedBatches, (long)IdempotencyWindow.TotalMilliseconds, batch.Count, partition.QueuePrefix]);
        // The keys that runs point to come after those of all runs.
        var pointed = call.KeyCount + batch.Count * Scripts.Enqueue.EachKeys;
        var guards = new List<RedisKey>();
        var kinds = new Kinds<(RunHead Head, string Options)>();
        foreach (var (id, spec, unique, idempotency) in batch)
        {
            var due = DueOf(spec);
            var terms = due == 0 && unique is null && idempotency is null
                ? ""
                : $"{due};{(unique is null ? "" : Point(partition.Unique(unique), ScopeOf(spec.Unique!)))};"
                    + (idempotency is null ? "" : Point(partition.Idempotency(idempotency), spec.Fingerprint));
            call.Add([partition.Run(id)], [kinds.NumberOf((RunHead.Of(spec), spec.Options.Write())), spec.Input, terms]);
        }

        foreach (var guard in guards) call.AddKey(guard);
        foreach (var (head, options) in kinds.All) call.AddArgs(head.Write(), options);
        var reply = await call.EvaluateAsync(_redis.Database);
        return ReadReply(reply, batch);

        string Point(RedisKey key, string rest)
        {
            guards.Add(key);
            return $"{pointed + guards.Count} {rest}";
        }
    }

    private EnqueueResult[] ReadReply(RedisResult reply, IReadOnlyList<NewRecord> batch)
    {
        var now = (long)reply[0];
        _clock.Observe(now);
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now);
        var results = new EnqueueResult[batch.Count];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = (string?)reply[i + 1] switch
            {
                "" => new EnqueueResult(EnqueueOutcome.Accepted, batch[i].Id, at),
                "conflict" => new EnqueueResult(EnqueueOutcome.Conflict, batch[i].Id, at),
                var earlier => new EnqueueResult(EnqueueOutcome.Duplicate, RunId.Parse(earlier!), at),
            };
        }

        FleetMetrics.Accepted.Add(results.Count(result => result.Outcome == EnqueueOutcome.Accepted));
        FleetMetrics.Deduplicated.Add(results.Count(result => result.Outcome == EnqueueOutcome.Duplicate));
        return results;
    }

    private async Task<int[]> CallAsync(ScriptCall call) => (int[])(await call.EvaluateAsync(_redis.Database))!;

    /// <summary>Calls partition by partition, at most <see cref="MostPerCall"/> runs a call, and puts the replies in the order of the ids.</summary>
    private async Task<IReadOnlyList<T>> InPartitionsAsync<T>(
        IReadOnlyList<RunId> ids, T unknown, Func<PartitionKeys, IReadOnlyList<RunId>, Task<IReadOnlyList<T>>> callAsync)
    {
        var results = new T[ids.Count];
        Array.Fill(results, unknown);
        var calls = ids.Select((id, index) => (Id: id, Index: index))
            .Where(item => _keys.Of(item.Id) is not null)
            .GroupBy(item => item.Id.Partition)
            .SelectMany(partition => partition.Chunk(MostPerCall));
        foreach (var call in calls)
        {
            var replies = await callAsync(_keys.Of(call[0].Id)!, [.. call.Select(item => item.Id)]);
            for (var i = 0; i < call.Length; i++) results[call[i].Index] = replies[i];
        }

        return results;
    }

    private int PartitionOf(string hash) => BinaryPrimitives.ReadUInt16BigEndian(Convert.FromHexString(hash.AsSpan(0, 4))) % _keys.Partitions.Count;

    private static long DueOf(RunSpec spec) =>
        // Below 0 it would be a delay.
        spec.At is { } at ? Math.Max(at.ToUnixTimeMilliseconds(), 0) : -(long)spec.Delay.TotalMilliseconds;

    private static string ScopeOf(UniqueRule rule)
    {
        var scope = rule switch
        {
            { For: { } time } => ((long)time.TotalMilliseconds).ToString(provider: null),
            { Scope: UniqueScope.Queued } => "queued",
            _ => "active",
        };
        return rule.Replace ? scope + " replace" : scope;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private sealed record NewRecord(RunId Id, RunSpec Spec, string? Unique, string? Idempotency);
}

/// <summary>What became of a request to cancel. The numbers are the script's replies.</summary>
public enum CancelOutcome
{
    /// <summary>There is no such run.</summary>
    Unknown = -1,

    /// <summary>It is final already.</summary>
    Final = 0,

    /// <summary>It waited and is cancelled.</summary>
    Cancelled = 1,

    /// <summary>It runs, and its worker has been told.</summary>
    Told = 2,

    /// <summary>A worker holds it, and only runs that wait were to be cancelled.</summary>
    Held = 3,
}

/// <summary>What became of a request to retry or delete. The numbers are the scripts' replies.</summary>
public enum ChangeOutcome
{
    /// <summary>There is no such run.</summary>
    Unknown = -1,

    /// <summary>It is not final (or not for long enough), so it stays as it is.</summary>
    NotFinal = 0,

    /// <summary>It is done.</summary>
    Done = 1,
}

using Fleet.Engine.Runs;
using Fleet.Hangfire.Feed;
using Fleet.Hangfire.Layout;
using Fleet.Hangfire.Storage;
using StackExchange.Redis;

namespace Fleet.Hangfire;

/// <summary>
/// Writes runs, listings and counters. A run is written whole, with what the projector itself keeps of it; listings and counters are written
/// as they are to be, not as they change: so whatever was written twice, or not to its end, is right after the next time.
/// </summary>
/// <remarks>Nothing is published on the channel of the queues: it wakes Hangfire servers, and there are none.</remarks>
internal sealed class PictureWriter(HangfireKeys keys, PictureStore store, RunReader runs)
{
    private const int RunsPerCall = 128;

    /// <summary>How much a call writes of listings before the next one begins.</summary>
    private const int WordsPerCall = 5_000;

    /// <summary>How long jobs are kept that succeeded or were deleted.</summary>
    public static readonly TimeSpan JobExpiration = TimeSpan.FromDays(1);

    /// <summary>Reads runs and writes them as they are; those that are not there any more are taken away.</summary>
    /// <param name="picture">Learns what was written.</param>
    /// <param name="ids">The runs.</param>
    /// <param name="seen">How many states those had in their histories that a dashboard changed, where that was seen.</param>
    /// <param name="now">Redis's time.</param>
    /// <returns>The runs that were left out, because a dashboard changes them at the moment.</returns>
    public async Task<IReadOnlyList<RunId>> WriteRunsAsync(
        Picture picture, IEnumerable<RunId> ids, IReadOnlyDictionary<RunId, long> seen, DateTimeOffset now)
    {
        var leftOut = new List<RunId>();
        foreach (var chunk in ids.Chunk(RunsPerCall))
        {
            var records = (await runs.RecordsAsync(chunk)).Where(record => !IsExpired(Shown.Of(record), now)).ToDictionary(record => record.Run.Id);
            var writes = new Writes();
            foreach (var id in chunk)
            {
                writes.OfRun(id, seen.TryGetValue(id, out var length) ? length : null);
                if (records.TryGetValue(id, out var record)) Put(writes, record);
                else Take(writes, id);
            }

            var missing = (await store.WriteAsync(writes)).Select(guard => Writes.LeftOutRun(guard)!.Value).ToHashSet();
            leftOut.AddRange(missing);
            foreach (var id in chunk.Where(id => !missing.Contains(id)))
            {
                if (records.TryGetValue(id, out var record)) picture.Set(id, Shown.Of(record));
                else picture.Remove(id);
            }
        }

        return leftOut;
    }

    /// <summary>Takes runs away.</summary>
    public async Task<IReadOnlyList<RunId>> RemoveRunsAsync(Picture picture, IEnumerable<RunId> ids)
    {
        var leftOut = new List<RunId>();
        foreach (var chunk in ids.Chunk(RunsPerCall))
        {
            var writes = new Writes();
            foreach (var id in chunk) Take(writes.OfRun(id), id);
            var missing = (await store.WriteAsync(writes)).Select(guard => Writes.LeftOutRun(guard)!.Value).ToHashSet();
            leftOut.AddRange(missing);
            foreach (var id in chunk.Where(id => !missing.Contains(id))) picture.Remove(id);
        }

        return leftOut;
    }

    /// <summary>Writes the listings that changed.</summary>
    public async Task WriteListingsAsync(Picture picture)
    {
        var changed = picture.Changed.ToList();
        var writes = new Writes();
        foreach (var listing in changed)
        {
            Put(writes.Always(), picture, listing);
            if (writes.Args.Count < WordsPerCall) continue;
            await store.WriteAsync(writes);
            writes = new Writes();
        }

        if (!writes.IsEmpty) await store.WriteAsync(writes);
        picture.Settle(changed);
    }

    /// <summary>Writes the counters and how far everything has come: from here on, this is where another goes on.</summary>
    public async Task CommitAsync(string owner, Counters counters, IReadOnlyList<string?> positions, DateTimeOffset now)
    {
        var fields = new List<RedisValue> { "owner", owner };
        for (var i = 0; i < positions.Count; i++) fields.AddRange([$"position:{i}", positions[i]]);
        foreach (var (name, value) in counters.Write()) fields.AddRange([name, value]);

        var writes = new Writes().Always()
            .Do("SET", keys.Counter("succeeded"), counters.Total(Ending.Succeeded))
            .Do("SET", keys.Counter("deleted"), counters.Total(Ending.Deleted));
        foreach (var (name, count, life) in counters.TakeChanged())
            writes.Do("SET", keys.Counter(name), count, "EX", (long)life.TotalSeconds);
        var old = counters.Prune(now);
        if (old.Count > 0) writes.Do("HDEL", keys.Progress, [.. old.Select(name => (RedisValue)$"dated:{name}")]);
        writes.Do("HSET", keys.Progress, [.. fields]);
        await store.WriteAsync(writes);
    }

    /// <summary>Whether a run ended so long ago that Hangfire would not have its job any more.</summary>
    public static bool IsExpired(Shown shown, DateTimeOffset now) =>
        shown.State.IsFinal() && shown.State != RunState.Failed
        && DateTimeOffset.FromUnixTimeMilliseconds(shown.At) + JobExpiration <= now;

    private void Put(Writes writes, RunRecord record)
    {
        var id = record.Run.Id.ToString();
        var shown = Shown.Of(record);
        var states = History.Of(record);
        string[] names = [keys.Job(id), keys.State(id), keys.History(id)];
        foreach (var name in names) writes.Do("DEL", name);
        writes.Do("HSET", names[0], JobHash.Of(record, states[^1]));
        writes.Do("HSET", names[1], states[^1].ToHash(shown.Seq));
        writes.Do("RPUSH", names[2], [.. states.Select(state => (RedisValue)state.ToHistory())]);
        if (shown.State.IsFinal() && shown.State != RunState.Failed)
        {
            var end = shown.At / 1000 + (long)JobExpiration.TotalSeconds;
            foreach (var name in names) writes.Do("EXPIREAT", name, end);
        }

        writes.Do("HSET", keys.Runs, id, shown.ToString());
    }

    private void Take(Writes writes, RunId id)
    {
        var text = id.ToString();
        writes.Do("DEL", keys.Job(text), keys.State(text), keys.History(text)).Do("HDEL", keys.Runs, text);
    }

    private void Put(Writes writes, Picture picture, Listing listing)
    {
        var members = picture.Members(listing);
        switch (listing.Kind)
        {
            case ListingKind.Enqueued:
                writes.Do("SADD", keys.Queues, listing.Queue!).Do("KEEP", keys.Queue(listing.Queue!), NewestFirst(members));
                break;
            case ListingKind.Scheduled:
                writes.Replace(keys.Schedule, "ZADD", Scored(members, run => run.Due / 1000, Scheduled));
                writes.Replace(keys.Retries, "ZADD", Scored(members.Where(member => member.Value.IsRetry), _ => 0));
                break;
            case ListingKind.Processing:
                writes.Replace(keys.Processing, "ZADD", Scored(members, run => run.At / 1000));
                break;
            case ListingKind.Failed:
                writes.Replace(keys.Failed, "ZADD", Scored(members, run => run.At / 1000));
                break;
            case ListingKind.Succeeded:
                writes.Replace(keys.Succeeded, "RPUSH", NewestFirst(members));
                break;
            case ListingKind.Deleted:
                writes.Replace(keys.Deleted, "RPUSH", NewestFirst(members));
                break;
        }
    }

    private static RedisValue[] NewestFirst(IReadOnlyDictionary<RunId, Shown> members) =>
    [
        .. members.OrderByDescending(member => member.Value.At).ThenByDescending(member => member.Key)
            .Select(member => (RedisValue)member.Key.ToString()),
    ];

    private static RedisValue[] Scored(
        IEnumerable<KeyValuePair<RunId, Shown>> members, Func<Shown, long> score, Func<KeyValuePair<RunId, Shown>, string>? name = null) =>
        [.. members.SelectMany(member => new RedisValue[] { score(member.Value), name?.Invoke(member) ?? member.Key.ToString() })];

    private static string Scheduled(KeyValuePair<RunId, Shown> member) =>
        member.Value.Queue == QueueName.Default ? member.Key.ToString() : $"{member.Value.Queue}:{member.Key}";
}

using System.CommandLine;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;
using StackExchange.Redis;

namespace Fleet.Bench.Limit;

/// <summary>
/// What the cheapest imaginable sequence of Redis commands for Fleet's promises costs: a record that outlives the run with its timeline, a place
/// in a queue, a lease while it runs, a listing by state, an entry of the feed a batch. Plain commands in pipelines, nothing computed, nothing
/// checked: it would lose a race that Fleet's scripts decide, so nobody could run it, and nobody can be faster.
/// </summary>
internal static class LimitCommand
{
    private const int BatchRuns = 256;
    private const string Input = "{\"text\":\"xxxxxxxxxxxxxxxxxxx\"}";
    private const string Group = "fleet", Worker = "worker";
    private const string Queue = "q", Active = "active", Succeeded = "final", Feed = "events", Kept = "kept";

    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "How many runs a round has.", DefaultValueFactory = _ => 100_000 };
        var rounds = Axes.Rounds();
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("limit", "The cheapest imaginable Redis commands for the same promises.") { runs, rounds, aof, json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<LimitRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                await MeasureAsync(parsed.GetValue(runs), appendOnly);
                var measured = new List<LimitRow>();
                for (var round = 0; round < parsed.GetValue(rounds); round++) measured.Add(await MeasureAsync(parsed.GetValue(runs), appendOnly));
                rows.Add(LimitRow.Median(measured));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<LimitRow> MeasureAsync(int runs, bool appendOnly)
    {
        Report.Progress($"{runs} runs in plain commands, append-only file {(appendOnly ? "on" : "off")} …");
        await using var redis = await BenchRedis.StartAsync(appendOnly);
        var database = redis.Database;
        await database.StreamCreateConsumerGroupAsync(Queue, Group, StreamPosition.Beginning);
        var empty = await redis.MemoryAsync();

        var meter = await CpuMeter.StartAsync(redis, []);
        foreach (var batch in Enumerable.Range(0, runs).Chunk(BatchRuns))
        {
            // In the order of time, as Fleet's are: a sorted set has then least to look for.
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            await EnqueueAsync(database, [.. batch.Select(_ => (RedisValue)RunId.New(now, 0).ToString())]);
        }

        var enqueue = await meter.StopAsync();
        var waiting = await redis.MemoryAsync() - empty;

        var entries = new List<(RedisValue[] Ids, RedisValue[] Entries)>();
        meter = await CpuMeter.StartAsync(redis, []);
        while (await TakeAsync(database) is { Ids.Length: > 0 } taken) entries.Add(taken);
        var take = await meter.StopAsync();

        meter = await CpuMeter.StartAsync(redis, []);
        foreach (var (ids, held) in entries) await FinishAsync(database, ids, held);
        var finish = await meter.StopAsync();
        if (await database.SortedSetLengthAsync(Succeeded) != runs) throw new MeasurementException("Not every run was finished.");
        return new LimitRow(runs, 1, appendOnly, Spent.Each(enqueue.Redis, runs), Spent.Each(take.Redis, runs), Spent.Each(finish.Redis, runs),
            waiting / runs, (await redis.MemoryAsync() - empty) / runs, Spent.Each(enqueue.Self + take.Self + finish.Self, runs));
    }

    /// <summary>Record, place in the queue and listing; counters and feed once a batch.</summary>
    private static async Task EnqueueAsync(IDatabase database, RedisValue[] ids)
    {
        foreach (var id in ids)
        {
            // One field holds what never changes, one the timeline so far.
            database.HashSet(Key(id), [new("run", $"noop default 2 5 {Input}"), new("1", "queued 1700000000000 0")], CommandFlags.FireAndForget);
            database.StreamAdd(Queue, "run", $"{id} noop 1 5 {Input}", flags: CommandFlags.FireAndForget);
        }

        database.SortedSetAdd(Active, [.. ids.Select(id => new SortedSetEntry(id, 0))], CommandFlags.FireAndForget);
        await TellAsync(database, ids);
    }

    private static async Task<(RedisValue[] Ids, RedisValue[] Entries)> TakeAsync(IDatabase database)
    {
        var entries = await database.StreamReadGroupAsync(Queue, Group, Worker, StreamPosition.NewMessages, BatchRuns);
        return ([.. entries.Select(entry => (RedisValue)entry["run"].ToString()[..RunId.TextLength])], [.. entries.Select(entry => entry.Id)]);
    }

    /// <summary>Start and end on the timeline, and the end in all listings; what takes many members is called once a batch.</summary>
    private static async Task FinishAsync(IDatabase database, RedisValue[] ids, RedisValue[] entries)
    {
        foreach (var id in ids)
        {
            database.HashSet(Key(id), [new("2", "started 1700000000000 1 worker"), new("3", "succeeded 1700000000000 1 null")],
                CommandFlags.FireAndForget);
        }

        database.StreamAcknowledge(Queue, Group, entries, CommandFlags.FireAndForget);
        database.StreamDelete(Queue, entries, CommandFlags.FireAndForget);
        database.SortedSetRemove(Active, ids, CommandFlags.FireAndForget);
        database.SortedSetAdd(Succeeded, [.. ids.Select(id => new SortedSetEntry(id, 0))], CommandFlags.FireAndForget);
        database.StreamAdd(Kept, "ids", string.Concat(ids), flags: CommandFlags.FireAndForget);
        await TellAsync(database, ids);
    }

    private static async Task TellAsync(IDatabase database, RedisValue[] ids)
    {
        database.HashIncrement("stats", "count", ids.Length, CommandFlags.FireAndForget);
        await database.StreamAddAsync(Feed, "batch", string.Concat(ids), maxLength: 1024, useApproximateMaxLength: true);
    }

    private static RedisKey Key(RedisValue id) => $"run:{id}";

    private static Table<LimitRow> Table() => new Table<LimitRow>()
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("runs", row => row.Runs)
        .Column("Redis CPU µs a run, enqueue", row => row.EnqueueMicroseconds, "N1")
        .Column("take", row => row.TakeMicroseconds, "N1")
        .Column("finish", row => row.FinishMicroseconds, "N1")
        .Column("sum", row => row.RedisMicroseconds, "N1")
        .Column("client", row => row.ClientMicroseconds, "N1")
        .Column("waiting, bytes", row => row.WaitingBytes)
        .Column("finished", row => row.FinishedBytes);
}

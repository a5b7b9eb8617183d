using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Fleet.Hangfire.Tests;

/// <summary>
/// Reads the picture as the pages of Hangfire's dashboard do, page by page, and fails where a
/// page would answer with an error. It shares nothing with what writes.
/// </summary>
/// <param name="redis">The picture's Redis.</param>
/// <param name="prefix">The storage's prefix.</param>
internal sealed class DashboardReader(IDatabase redis, string prefix)
{
    private static readonly string[] JobFields = ["Type", "Method", "ParameterTypes", "Arguments"];

    /// <summary>The numbers in the head of every page.</summary>
    public async Task<Dictionary<string, long>> StatisticsAsync()
    {
        var queues = await redis.SetMembersAsync(Key("queues"));
        return new Dictionary<string, long>
        {
            ["servers"] = await redis.SetLengthAsync(Key("servers")),
            ["queues"] = await redis.SetLengthAsync(Key("queues")),
            ["scheduled"] = await redis.SortedSetLengthAsync(Key("schedule")),
            ["processing"] = await redis.SortedSetLengthAsync(Key("processing")),
            ["failed"] = await redis.SortedSetLengthAsync(Key("failed")),
            ["recurring"] = await redis.SortedSetLengthAsync(Key("recurring-jobs")),
            ["succeeded"] = Integer(await redis.StringGetAsync(Key("stats:succeeded"))),
            ["deleted"] = Integer(await redis.StringGetAsync(Key("stats:deleted"))),
            ["enqueued"] = (await Task.WhenAll(queues.Select(queue => redis.ListLengthAsync(Key($"queue:{queue}"))))).Sum(),
            ["retries"] = await redis.SortedSetLengthAsync(Key("retries")),
            ["awaiting"] = await redis.SortedSetLengthAsync(Key("awaiting")),
        };
    }

    /// <summary>The graph of the last 24 hours, the current one last.</summary>
    public async Task<long[]> HoursAsync(string ending, DateTime now) => await GraphAsync(
        Enumerable.Range(0, 24).Select(ago => $"stats:{ending}:{now.AddHours(ago - 23).ToString("yyyy-MM-dd-HH", CultureInfo.InvariantCulture)}"));

    /// <summary>The graph of the week: today and seven days back, today last.</summary>
    public async Task<long[]> DaysAsync(string ending, DateTime now) => await GraphAsync(
        Enumerable.Range(0, 8).Select(ago => $"stats:{ending}:{now.AddDays(ago - 7).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}"));

    /// <summary>The page of all queues: of each its length and the next five.</summary>
    public async Task<Dictionary<string, (long Length, long Fetched, IReadOnlyList<JobRow> Next)>> QueuesAsync()
    {
        var page = new Dictionary<string, (long, long, IReadOnlyList<JobRow>)>();
        foreach (var queue in (await redis.SetMembersAsync(Key("queues"))).Select(queue => queue.ToString()))
        {
            page[queue] = (
                await redis.ListLengthAsync(Key($"queue:{queue}")),
                await redis.ListLengthAsync(Key($"queue:{queue}:dequeued")),
                await EnqueuedAsync(await redis.ListRangeAsync(Key($"queue:{queue}"), -5, -1)));
        }

        return page;
    }

    /// <summary>The page of one queue.</summary>
    public async Task<IReadOnlyList<JobRow>> QueueAsync(string queue) => await EnqueuedAsync(await redis.ListRangeAsync(Key($"queue:{queue}"), 0, 19));

    public async Task<IReadOnlyList<JobRow>> ScheduledAsync() => await Task.WhenAll(
        (await redis.SortedSetRangeByRankWithScoresAsync(Key("schedule"), 0, 19)).Select(async member =>
        {
            var name = member.Element.ToString();
            var row = await RowAsync(name[(name.LastIndexOf(':') + 1)..], [], "State", "ScheduledAt");
            if (row.InState("Scheduled")) Time(row.State["ScheduledAt"]!);
            return row with { Score = (long)member.Score };
        }));

    public async Task<IReadOnlyList<JobRow>> ProcessingAsync()
    {
        var servers = await ServersAsync();
        var rows = new List<JobRow>();
        foreach (var member in await redis.SortedSetRangeByRankAsync(Key("processing"), 0, 19))
        {
            var row = await RowAsync(member.ToString(), [], "StartedAt", "ServerName", "ServerId", "State");
            // Without either the row is dropped.
            if (row.State["ServerId"] is null && row.State["ServerName"] is null) continue;
            Time(row.State["StartedAt"]!);
            rows.Add(row with { IsServerKnown = servers.Any(server => server.Id == row.State["ServerId"]) });
        }

        return rows;
    }

    public async Task<IReadOnlyList<JobRow>> SucceededAsync(int count = 20) => await Task.WhenAll(
        (await redis.ListRangeAsync(Key("succeeded"), 0, count - 1)).Select(async id =>
        {
            var row = await RowAsync(id.ToString(), [], "SucceededAt", "PerformanceDuration", "Latency", "State", "Result");
            if (!row.InState("Succeeded")) return row;
            Time(row.State["SucceededAt"]!);
            // Both must be whole numbers; the page shows their sum.
            return row with { Duration = Integer(row.State["PerformanceDuration"]) + Integer(row.State["Latency"]) };
        }));

    public async Task<IReadOnlyList<JobRow>> FailedAsync(int count = 20) => await Task.WhenAll(
        (await redis.SortedSetRangeByRankAsync(Key("failed"), 0, count - 1, Order.Descending)).Select(async id =>
        {
            var row = await RowAsync(id.ToString(), [], "FailedAt", "ExceptionType", "ExceptionMessage", "ExceptionDetails", "State", "Reason");
            if (row.InState("Failed")) Time(row.State["FailedAt"]!);
            return row;
        }));

    public async Task<IReadOnlyList<JobRow>> DeletedAsync(int count = 20) => await Task.WhenAll(
        (await redis.ListRangeAsync(Key("deleted"), 0, count - 1)).Select(async id =>
        {
            var row = await RowAsync(id.ToString(), [], "DeletedAt", "State");
            if (row.InState("Deleted")) Time(row.State["DeletedAt"]!);
            return row;
        }));

    public async Task<IReadOnlyList<(string Id, string Reason, DateTime EnqueueAt)>> RetriesAsync()
    {
        var rows = new List<(string, string, DateTime)>();
        foreach (var id in await redis.SortedSetRangeByRankAsync(Key("retries"), 0, 19))
        {
            Assert.NotEmpty(await redis.HashGetAllAsync(Key($"job:{id}")));
            var state = Text(await redis.HashGetAllAsync(Key($"job:{id}:state")));
            rows.Add((id.ToString(), state["Reason"], Time(state["EnqueueAt"])));
        }

        return rows;
    }

    public async Task<IReadOnlyList<ServerRow>> ServersAsync()
    {
        var rows = new List<ServerRow>();
        foreach (var id in (await redis.SetMembersAsync(Key("servers"))).Select(id => id.ToString()))
        {
            var queues = await redis.ListRangeAsync(Key($"server:{id}:queues"), 0, -1);
            var server = await redis.HashGetAsync(Key($"server:{id}"), ["WorkerCount", "StartedAt", "Heartbeat"]);
            // Without a count the server is skipped.
            if (server[0].IsNull) continue;
            rows.Add(new ServerRow(id, (int)Integer(server[0]), Time(server[1].ToString()), server[2].IsNull ? null : Time(server[2].ToString()),
                [.. queues.Select(queue => queue.ToString())]));
        }

        return rows;
    }

    public async Task<IReadOnlyList<RecurringRow>> RecurringAsync()
    {
        var rows = new List<RecurringRow>();
        foreach (var id in (await redis.SortedSetRangeByRankAsync(Key("recurring-jobs"), 0, 19)).Select(id => id.ToString()))
        {
            var job = Text(await redis.HashGetAllAsync(Key($"recurring-job:{id}")));
            // Removed since the list was read: the page says so in its row.
            if (job.Count == 0) continue;
            using var payload = JsonDocument.Parse(job["Job"]);
            var next = job.GetValueOrDefault("NextExecution");
            Assert.InRange(int.Parse(job["V"], CultureInfo.InvariantCulture), 0, 2);
            if (job.TryGetValue("LastJobId", out var last)) await redis.HashGetAllAsync(Key($"job:{last}:state"));
            rows.Add(new RecurringRow(id, payload.RootElement.Clone(), job["Cron"], job["TimeZoneId"], job["Queue"], Time(job["CreatedAt"]),
                string.IsNullOrEmpty(next) ? null : Time(next),
                job.TryGetValue("LastExecution", out var at) && at.Length > 0 ? Time(at) : null, last));
        }

        return rows;
    }

    /// <summary>The page of one job; null where it says that there is none.</summary>
    public async Task<JobDetails?> DetailsAsync(string id)
    {
        var job = Text(await redis.HashGetAllAsync(Key($"job:{id}")));
        if (job.Count == 0) return null;
        // Both must be there, and be what they are taken for.
        Assert.True(job.ContainsKey("Type"));
        var arguments = JsonSerializer.Deserialize<string[]>(job["Arguments"])!;
        var history = new List<Dictionary<string, string?>>();
        foreach (var element in await redis.ListRangeAsync(Key($"job:{id}:history"), 0, -1))
        {
            var entry = JsonSerializer.Deserialize<Dictionary<string, string?>>(element.ToString())!;
            Time(entry["CreatedAt"]!);
            Check(entry);
            history.Add(entry);
        }

        if (history is [.., { } newest] && newest["State"] == "Processing") Assert.NotNull(newest["ServerId"]);
        string[] hidden = ["Type", "Method", "ParameterTypes", "Arguments", "State", "CreatedAt", "Fetched"];
        return new JobDetails(
            Time(job["CreatedAt"]), arguments, history,
            job.Where(field => !hidden.Contains(field.Key) && !field.Key.StartsWith("DBG_", StringComparison.Ordinal)).ToDictionary(),
            job.Where(field => field.Key.StartsWith("DBG_", StringComparison.Ordinal)).ToDictionary(field => field.Key["DBG_".Length..], field => field.Value));
    }

    /// <summary>A timestamp as Hangfire reads it; anything else would be an error of the page.</summary>
    public static DateTime Time(string text)
    {
        if (text.All(char.IsAsciiDigit) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number > 253402300799 ? DateTimeOffset.FromUnixTimeMilliseconds(number).UtcDateTime : DateTimeOffset.FromUnixTimeSeconds(number).UtcDateTime;
        return DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }

    /// <summary>What the page of a job needs of each state in its history.</summary>
    private static void Check(Dictionary<string, string?> entry)
    {
        string[] needed = entry["State"] switch
        {
            "Enqueued" => ["Queue"],
            "Scheduled" => ["EnqueueAt"],
            "Processing" => ["ServerId"],
            "Failed" => ["ExceptionType", "ExceptionMessage"],
            _ => [],
        };
        Assert.All(needed, field => Assert.NotNull(entry[field]));
        if (entry.TryGetValue("WorkerId", out var worker)) Assert.True(worker!.Length >= 8);
        foreach (var field in new[] { "PerformanceDuration", "Latency" })
        {
            if (entry.TryGetValue(field, out var number)) Integer(number);
        }

        foreach (var field in new[] { "EnqueuedAt", "EnqueueAt", "ScheduledAt", "StartedAt", "SucceededAt", "FailedAt", "DeletedAt" })
        {
            if (entry.TryGetValue(field, out var time)) Time(time!);
        }
    }

    private async Task<IReadOnlyList<JobRow>> EnqueuedAsync(RedisValue[] ids) => await Task.WhenAll(ids.Select(async id =>
    {
        var row = await RowAsync(id.ToString(), ["State"], "EnqueuedAt", "State");
        // A job without a state is an error of the page.
        if (!row.IsExpired) Assert.NotNull(row.Job["State"]);
        if (row.InState("Enqueued")) Time(row.State["EnqueuedAt"]!);
        return row;
    }));

    private async Task<JobRow> RowAsync(string id, string[] extra, params string[] stateFields)
    {
        string[] names = [.. extra, .. JobFields];
        var job = await redis.HashGetAsync(Key($"job:{id}"), [.. names.Select(name => (RedisValue)name)]);
        var state = await redis.HashGetAsync(Key($"job:{id}:state"), [.. stateFields.Select(name => (RedisValue)name)]);
        return new JobRow(id,
            names.Zip(job, (name, value) => (name, value.IsNull ? null : value.ToString())).ToDictionary(),
            stateFields.Zip(state, (name, value) => (name, value.IsNull ? null : value.ToString())).ToDictionary());
    }

    private async Task<long[]> GraphAsync(IEnumerable<string> names)
    {
        var values = await redis.StringGetAsync([.. names.Select(name => (RedisKey)Key(name))]);
        return [.. values.Select(value => value.TryParse(out long count) ? count : 0)];
    }

    private string Key(string name) => prefix + name;

    private static long Integer(RedisValue value) => value.IsNull ? 0 : long.Parse(value.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Text(HashEntry[] hash) => hash.ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());
}

/// <summary>A row of a listing.</summary>
internal sealed record JobRow(string Id, Dictionary<string, string?> Job, Dictionary<string, string?> State)
{
    public long Score { get; init; }

    public long Duration { get; init; }

    public bool IsServerKnown { get; init; }

    public bool IsExpired => Job.Values.All(value => value is null);

    /// <summary>Whether the row is not greyed, with a question mark.</summary>
    public bool InState(string name) => !IsExpired && State["State"] == name;
}

internal sealed record ServerRow(string Id, int Workers, DateTime StartedAt, DateTime? Heartbeat, string[] Queues);

internal sealed record RecurringRow(
    string Id, JsonElement Job, string Cron, string Zone, string Queue, DateTime CreatedAt, DateTime? Next, DateTime? Last, string? LastJobId);

internal sealed record JobDetails(
    DateTime CreatedAt, string[] Arguments, IReadOnlyList<Dictionary<string, string?>> History, Dictionary<string, string> Parameters, Dictionary<string, string> Debug);

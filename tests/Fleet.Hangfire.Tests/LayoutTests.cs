using System.Text.Json;
using Fleet.Engine.Runs;
using Fleet.Engine.Work;
using Fleet.Hangfire.Layout;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Hangfire.Tests;

/// <summary>Holds the keys, fields and forms of the picture to the layout of Hangfire.Redis.StackExchange.</summary>
public sealed class LayoutTests(RedisServer server) : PictureTests(server)
{
    private const string DiskFull = """{"type":"System.IO.IOException","message":"disk full","detail":"at A.B()"}""";

    [Fact]
    public async Task A_waiting_run_has_a_job_a_state_a_history_and_a_place_in_its_queue()
    {
        var fleet = await StartAsync();
        var id = await fleet.EnqueueAsync(queue: "mail.out", options: new RunOptions { Tags = ["a"], Tenant = "acme", Meta = new Dictionary<string, string> { ["k"] = "v" } });
        await fleet.ShowsAsync(id, "Enqueued");
        await fleet.SettleAsync();
        var at = Ms((await fleet.RecordAsync(id)).Run.CreatedAt);

        Assert.Equal(new Dictionary<string, string>
        {
            ["Type"] = "Fleet.Hangfire.FleetRun, Fleet.Hangfire",
            ["Method"] = "Run",
            ["ParameterTypes"] = """["System.String","System.String"]""",
            ["Arguments"] = JsonSerializer.Serialize(new[] { "\"text.stats\"", JsonSerializer.Serialize("""{"path":"a.txt"}""") }),
            ["CreatedAt"] = at,
            ["State"] = "Enqueued",
            ["Queue"] = "mail_out",
            ["DBG_Job"] = "text.stats",
            ["DBG_Input"] = """{"path":"a.txt"}""",
            ["Attempt"] = "\"0 of 3\"",
            ["Priority"] = "\"normal\"",
            ["Tenant"] = "\"acme\"",
            ["Tags"] = """["a"]""",
            ["Meta"] = """{"k":"v"}""",
        }, await HashAsync(fleet, fleet.Keys.Job($"{id}")));
        Assert.Equal(new Dictionary<string, string> { ["EnqueuedAt"] = at, ["Queue"] = "mail_out", ["State"] = "Enqueued", ["Seq"] = "1" },
            await HashAsync(fleet, fleet.Keys.State($"{id}")));
        Assert.Equal([$$"""{"EnqueuedAt":"{{at}}","Queue":"mail_out","State":"Enqueued","Reason":null,"CreatedAt":"{{at}}"}"""], await HistoryAsync(fleet, id));
        Assert.Equal(new[] { $"{id}" }, (await fleet.Redis.ListRangeAsync(fleet.Keys.Queue("mail_out"))).ToStringArray()!);
        Assert.Contains("mail_out", (await fleet.Redis.SetMembersAsync(fleet.Keys.Queues)).ToStringArray()!);
        Assert.Null(await fleet.Redis.KeyTimeToLiveAsync(fleet.Keys.Job($"{id}")));
    }

    [Fact]
    public async Task A_queue_has_the_run_that_is_next_on_its_right_and_the_default_queue_is_not_named()
    {
        var fleet = await StartAsync();
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var id = await fleet.EnqueueAsync();
            ids.Add($"{id}");
            await fleet.ShowsAsync(id, "Enqueued");
        }

        await fleet.SettleAsync();
        Assert.Equal(Enumerable.Reverse(ids), (await fleet.Redis.ListRangeAsync(fleet.Keys.Queue("default"))).ToStringArray()!);
        Assert.False(await fleet.Redis.HashExistsAsync(fleet.Keys.Job(ids[0]), "Queue"));
    }

    [Fact]
    public async Task A_scheduled_run_is_scored_by_when_it_is_due_with_its_queue_before_it()
    {
        var fleet = await StartAsync();
        var plain = await fleet.EnqueueAsync(delay: TimeSpan.FromHours(1));
        var named = await fleet.EnqueueAsync(queue: "slow", delay: TimeSpan.FromHours(2));
        await fleet.ShowsAsync(named, "Scheduled");
        await fleet.ShowsAsync(plain, "Scheduled");
        await fleet.SettleAsync();
        var run = (await fleet.RecordAsync(plain)).Run;

        Assert.Equal(
            [new SortedSetEntry($"{plain}", run.DueAt!.Value.ToUnixTimeSeconds()), new SortedSetEntry($"slow:{named}", (await fleet.RecordAsync(named)).Run.DueAt!.Value.ToUnixTimeSeconds())],
            await fleet.Redis.SortedSetRangeByRankWithScoresAsync(fleet.Keys.Schedule));
        Assert.Equal(new Dictionary<string, string>
        {
            ["EnqueueAt"] = Ms(run.DueAt.Value), ["ScheduledAt"] = Ms(run.CreatedAt), ["State"] = "Scheduled", ["Seq"] = "1",
        }, await HashAsync(fleet, fleet.Keys.State($"{plain}")));
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Retries));
    }

    [Fact]
    public async Task A_running_run_names_the_server_that_its_worker_is()
    {
        var fleet = await StartAsync();
        var run = await StartOneAsync(fleet);
        await fleet.ShowsAsync(run.Id, "Processing");
        await fleet.SettleAsync();
        var at = (await fleet.RecordAsync(run.Id)).Run.StartedAt!.Value;

        Assert.Equal(new Dictionary<string, string>
        {
            ["StartedAt"] = Ms(at), ["ServerId"] = "driver:fleet", ["WorkerId"] = "try-0001", ["State"] = "Processing", ["Seq"] = "2",
        }, await HashAsync(fleet, fleet.Keys.State($"{run.Id}")));
        Assert.Equal([new SortedSetEntry($"{run.Id}", at.ToUnixTimeSeconds())], await fleet.Redis.SortedSetRangeByRankWithScoresAsync(fleet.Keys.Processing));
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Queue("default")));
    }

    [Fact]
    public async Task A_succeeded_run_has_whole_durations_and_a_result_and_goes_after_a_day()
    {
        var fleet = await StartAsync();
        var run = await StartOneAsync(fleet);
        await fleet.EndAsync(run, AttemptOutcome.Succeeded, """{"words":7}""");
        await fleet.ShowsAsync(run.Id, "Succeeded");
        await fleet.SettleAsync();
        var record = await fleet.RecordAsync(run.Id);
        var (queued, started, ended) = (record.Lifecycle[0].At, record.Lifecycle[1].At, record.Lifecycle[2].At);

        Assert.Equal(new Dictionary<string, string>
        {
            ["SucceededAt"] = Ms(ended),
            ["PerformanceDuration"] = $"{(long)(ended - started).TotalMilliseconds}",
            ["Latency"] = $"{(long)(started - queued).TotalMilliseconds}",
            ["Result"] = """{"words":7}""",
            ["State"] = "Succeeded",
            ["Seq"] = "3",
        }, await HashAsync(fleet, fleet.Keys.State($"{run.Id}")));
        Assert.Equal(["Enqueued", "Processing", "Succeeded"], (await HistoryAsync(fleet, run.Id)).Select(StateOf));
        Assert.Equal(new[] { $"{run.Id}" }, (await fleet.Redis.ListRangeAsync(fleet.Keys.Succeeded)).ToStringArray()!);
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Processing));
        foreach (var key in new[] { fleet.Keys.Job($"{run.Id}"), fleet.Keys.State($"{run.Id}"), fleet.Keys.History($"{run.Id}") })
            Assert.Equal(ended.ToUnixTimeSeconds() + 86400, new DateTimeOffset((await fleet.Redis.KeyExpireTimeAsync(key))!.Value).ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_failed_run_has_its_exception_and_stays()
    {
        var fleet = await StartAsync();
        var run = await StartOneAsync(fleet);
        await fleet.EndAsync(run, AttemptOutcome.Failed, DiskFull);
        await fleet.ShowsAsync(run.Id, "Failed");
        await fleet.SettleAsync();
        var at = (await fleet.RecordAsync(run.Id)).Run.FinishedAt!.Value;

        Assert.Equal(new Dictionary<string, string>
        {
            ["FailedAt"] = Ms(at),
            ["ExceptionType"] = "System.IO.IOException",
            ["ExceptionMessage"] = "disk full",
            ["ExceptionDetails"] = "at A.B()",
            ["ServerId"] = "driver:fleet",
            ["State"] = "Failed",
            ["Reason"] = "No attempt is left, or the error allows none.",
            ["Seq"] = "3",
        }, await HashAsync(fleet, fleet.Keys.State($"{run.Id}")));
        Assert.Equal([new SortedSetEntry($"{run.Id}", at.ToUnixTimeSeconds())], await fleet.Redis.SortedSetRangeByRankWithScoresAsync(fleet.Keys.Failed));
        Assert.Null(await fleet.Redis.KeyTimeToLiveAsync(fleet.Keys.Job($"{run.Id}")));
        // There is no counter of those that failed altogether.
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Counter("failed")));
    }

    [Fact]
    public async Task A_retry_has_the_failure_in_its_history_and_is_among_the_retries_until_its_time_comes()
    {
        var fleet = await StartAsync();
        var run = await StartOneAsync(fleet);
        await fleet.EndAsync(run, AttemptOutcome.Retry, DiskFull, TimeSpan.FromHours(1));
        await fleet.ShowsAsync(run.Id, "Scheduled");
        await fleet.SettleAsync();

        var state = await HashAsync(fleet, fleet.Keys.State($"{run.Id}"));
        Assert.Equal("Retry attempt 1 of 2: disk full", state["Reason"]);
        Assert.Equal(["Enqueued", "Processing", "Failed", "Scheduled"], (await HistoryAsync(fleet, run.Id)).Select(StateOf));
        Assert.Equal([new SortedSetEntry($"{run.Id}", 0)], await fleet.Redis.SortedSetRangeByRankWithScoresAsync(fleet.Keys.Retries));
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Failed));
        // A failure that is retried counts nowhere.
        Assert.Equal(0, (await fleet.Dashboard.HoursAsync("failed", Now))[^1]);

        Assert.True(await fleet.Runs.HastenAsync(run.Id));
        await fleet.ShowsAsync(run.Id, "Enqueued");
        await fleet.SettleAsync();
        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Retries));
        Assert.Equal("1", (await HashAsync(fleet, fleet.Keys.Job($"{run.Id}"))).GetValueOrDefault("RetryCount", "1"));
    }

    [Fact]
    public async Task Runs_that_were_cancelled_or_expired_are_deleted_jobs_that_say_why()
    {
        var fleet = await StartAsync();
        var cancelled = await fleet.EnqueueAsync(delay: TimeSpan.FromHours(1));
        await fleet.Runs.CancelAsync([cancelled]);
        await fleet.ShowsAsync(cancelled, "Deleted");
        var expired = await fleet.EnqueueAsync(options: new RunOptions { ExpiresAt = DateTimeOffset.UnixEpoch.AddSeconds(1) });
        await fleet.ShowsAsync(expired, "Deleted");
        await fleet.SettleAsync();

        Assert.Equal(new Dictionary<string, string>
        {
            ["DeletedAt"] = Ms((await fleet.RecordAsync(cancelled)).Run.FinishedAt!.Value), ["State"] = "Deleted", ["Reason"] = "Cancelled.", ["Seq"] = "2",
        }, await HashAsync(fleet, fleet.Keys.State($"{cancelled}")));
        Assert.Equal("Expired: it was not started by its deadline.", (await HashAsync(fleet, fleet.Keys.State($"{expired}")))["Reason"]);
        Assert.Equal(new[] { $"{expired}", $"{cancelled}" }, (await fleet.Redis.ListRangeAsync(fleet.Keys.Deleted)).ToStringArray()!);
        Assert.InRange((await fleet.Redis.KeyTimeToLiveAsync(fleet.Keys.Job($"{cancelled}")))!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.Equal("2", await fleet.Redis.StringGetAsync(fleet.Keys.Counter("deleted")));
    }

    [Fact]
    public async Task Counters_are_integers_and_those_of_a_day_and_an_hour_have_their_time()
    {
        var fleet = await StartAsync();
        var run = await StartOneAsync(fleet);
        await fleet.EndAsync(run, AttemptOutcome.Succeeded);
        await fleet.ShowsAsync(run.Id, "Succeeded");
        await fleet.SettleAsync();
        var at = (await fleet.RecordAsync(run.Id)).Run.FinishedAt!.Value.UtcDateTime;

        Assert.Equal("1", await fleet.Redis.StringGetAsync(fleet.Keys.Counter("succeeded")));
        Assert.Null(await fleet.Redis.KeyTimeToLiveAsync(fleet.Keys.Counter("succeeded")));
        var (day, hour) = (fleet.Keys.Counter($"succeeded:{at:yyyy-MM-dd}"), fleet.Keys.Counter($"succeeded:{at:yyyy-MM-dd-HH}"));
        Assert.Equal("1", await fleet.Redis.StringGetAsync(day));
        Assert.Equal("1", await fleet.Redis.StringGetAsync(hour));
        Assert.InRange((await fleet.Redis.KeyTimeToLiveAsync(day))!.Value, TimeSpan.FromDays(30), TimeSpan.FromDays(31));
        Assert.InRange((await fleet.Redis.KeyTimeToLiveAsync(hour))!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Nothing_is_written_outside_the_picture_nor_where_dashboards_break()
    {
        var fleet = await StartAsync();
        var before = await OwnKeysAsync(fleet);
        var run = await StartOneAsync(fleet);
        await fleet.ShowsAsync(run.Id, "Processing");
        await fleet.SettleAsync();

        Assert.False(await fleet.Redis.KeyExistsAsync(fleet.Keys.Prefix + "awaiting"));
        var keys = await KeysAsync(fleet, "*");
        Assert.All(keys.Where(key => key.Contains(fleet.Prefix, StringComparison.Ordinal) && !key.StartsWith($"{fleet.Prefix}:", StringComparison.Ordinal)),
            key => Assert.StartsWith(fleet.Keys.Prefix, key, StringComparison.Ordinal));
        Assert.Equal($"{{{fleet.Prefix}-hangfire}}:", fleet.Keys.Prefix);
        Assert.True(before < (await OwnKeysAsync(fleet)));
    }

    [Fact]
    public void The_run_that_jobs_are_taken_for_is_there_under_the_name_that_is_written()
    {
        var type = Type.GetType(Invocation.Type, throwOnError: true)!;
        var method = type.GetMethod(Invocation.Method)!;
        Assert.Equal(JsonSerializer.Deserialize<string[]>(Invocation.ParameterTypes), method.GetParameters().Select(parameter => parameter.ParameterType.FullName));
        var name = method.GetCustomAttributes(false).OfType<System.ComponentModel.DisplayNameAttribute>().Single().DisplayName;
        var arguments = JsonSerializer.Deserialize<string[]>(Invocation.Arguments("text.stats", JsonElement.Parse("""{"path":"{0}"}""")))!
            .Select(argument => (object)JsonSerializer.Deserialize<string>(argument)!).ToArray();
        Assert.Equal("""text.stats {"path":"{0}"}""", string.Format(System.Globalization.CultureInfo.InvariantCulture, name, arguments));
        Assert.Throws<NotSupportedException>(() => FleetRun.Run("text.stats", "{}"));
    }

    private static async Task<TakenRun> StartOneAsync(FleetWithPicture fleet)
    {
        await fleet.EnqueueAsync();
        return await fleet.StartOneAsync();
    }

    private static string Ms(DateTimeOffset time) => $"{time.ToUnixTimeMilliseconds()}";

    private static string StateOf(string element) => JsonElement.Parse(element).GetProperty("State").GetString()!;

    private static async Task<Dictionary<string, string>> HashAsync(FleetWithPicture fleet, string key) =>
        (await fleet.Redis.HashGetAllAsync(key)).ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());

    private static async Task<string[]> HistoryAsync(FleetWithPicture fleet, RunId id) =>
        (await fleet.Redis.ListRangeAsync(fleet.Keys.History($"{id}"))).ToStringArray()!;

    private static async Task<List<string>> KeysAsync(FleetWithPicture fleet, string pattern)
    {
        var keys = new List<string>();
        await foreach (var key in fleet.Redis.Multiplexer.GetServers()[0].KeysAsync(pattern: pattern)) keys.Add(key.ToString());
        return keys;
    }

    private static async Task<int> OwnKeysAsync(FleetWithPicture fleet) => (await KeysAsync(fleet, "{" + fleet.Prefix + "-hangfire}:*")).Count;
}

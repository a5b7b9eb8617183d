using System.Reflection;
using System.Text;
using System.Text.Json;
using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Engine.Scheduling;
using Fleet.Engine.Work;
using Fleet.Testing;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

/// <summary>What is written to Redis is a format: old processes and old data meet new ones. Names may be added here, never changed.</summary>
public sealed class FormatTests(RedisServer server) : EngineTests(server)
{
    private static readonly RunId _id = RunId.Parse("01HF7YAT3V05ZG20G30G2GC1R8");

    [Fact]
    public void Fields_of_a_record() => Assert.Equal(
        "Head=head State=state Input=input Output=output Options=options Progress=progress Watched=watched Cancel=cancel Losses=losses " +
        "Unique=unique After=after Audit=audit",
        string.Join(' ', typeof(RunFields).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => $"{field.Name}={field.GetRawConstantValue()}")));

    [Fact]
    public void Fields_of_a_schedule() => Assert.Equal(
        "Rule=rule Job=job Queue=queue Priority=pri MaxAttempts=max Input=input Options=options Created=created Version=version Paused=paused " +
        "Next=next Last=last Run=run Runs=runs",
        string.Join(' ', typeof(ScheduleFields).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => $"{field.Name}={field.GetRawConstantValue()}")));

    [Fact]
    public void Names_of_states() => Assert.Equal(
        "scheduled queued running succeeded failed cancelled expired skipped", string.Join(' ', RunStates.All.Select(state => state.Name())));

    [Fact]
    public void Final_states() => Assert.Equal(
        "succeeded failed cancelled expired skipped", string.Join(' ', RunStates.Final.Select(state => state.Name())));

    [Fact]
    public void Names_of_events() => Assert.Equal(
        "scheduled queued started progress log retrying released recovered succeeded failed cancelled expired skipped",
        string.Join(' ', Enum.GetValues<EventType>().Select(type => type.Name())));

    [Fact]
    public void Names_and_numbers_of_priorities() => Assert.Equal(
        "critical=0 high=1 normal=2 low=3", string.Join(' ', Priorities.All.Select(priority => $"{priority.Name()}={(int)priority}")));

    [Fact]
    public void Keys_of_a_partition()
    {
        var keys = new FleetKeys("fleet", 6).Partitions[5];
        Assert.Equal("fleet:{5}:due", keys.Due);
        Assert.Equal("fleet:{5}:active", keys.Active);
        Assert.Equal("fleet:{5}:events", keys.Events);
        Assert.Equal("fleet:{5}:retained", keys.Retained);
        Assert.Equal("fleet:{5}:sweeping", keys.SweepLock);
        Assert.Equal("fleet:{5}:replicated", keys.Replicated);
        Assert.Equal("fleet:{5}:schedules", keys.Schedules);
        Assert.Equal("fleet:{5}:ticks", keys.Ticks);
        Assert.Equal("fleet:{5}:schedule:nightly", keys.Schedule("nightly"));
        Assert.Equal("fleet:{5}:feed", keys.Feed);
        Assert.Equal("fleet:{5}:control", keys.Control);
        Assert.Equal("fleet:{5}:sweep", keys.Sweep);
        Assert.Equal("fleet:{5}:run:", keys.RunPrefix);
        Assert.Equal("fleet:{5}:q:", keys.QueuePrefix);
        Assert.Equal("fleet:{5}:expiring", keys.Expiring);
        Assert.Equal("fleet:{5}:final:", keys.FinalPrefix);
        Assert.Equal("fleet:{5}:stats:", keys.StatsPrefix);
        Assert.Equal("fleet:{5}:run:01HF7YAT3V05ZG20G30G2GC1R8", keys.Run(_id));
        Assert.Equal("fleet:{5}:run:01HF7YAT3V05ZG20G30G2GC1R8", keys.RunChannel(_id));
        Assert.Equal("fleet:{5}:log:01HF7YAT3V05ZG20G30G2GC1R8", keys.Log(_id));
        Assert.Equal("fleet:{5}:watchers:01HF7YAT3V05ZG20G30G2GC1R8", keys.Watchers(_id));
        Assert.Equal("fleet:{5}:q:mail:high", keys.Stream("mail", Priority.High));
        Assert.Equal("fleet:{5}:final:expired", keys.Final(RunState.Expired));
        Assert.Equal("fleet:{5}:kept:604800", keys.Kept(TimeSpan.FromDays(7)));
        Assert.Equal(TimeSpan.FromDays(7), keys.Retention(keys.Kept(TimeSpan.FromDays(7))));
        Assert.Equal("fleet:{5}:watchers:01HF7YAT3V05ZG20G30G2GC1R8", keys.Watchers(_id));
        Assert.Equal("fleet:{5}:unique:ab12", keys.Unique("ab12"));
        Assert.Equal("fleet:{5}:idem:ab12", keys.Idempotency("ab12"));
        Assert.Equal("fleet:{5}:checkpoint:01HF7YAT3V05ZG20G30G2GC1R8", keys.Checkpoint(_id));
        Assert.Equal("fleet:{5}:stats:28333333", keys.StatsMinute(28_333_333));
        Assert.Equal("fleet:{5}:stats:j:2833333", keys.StatsJobs(2_833_333));
        Assert.Equal("fleet:{5}:stats:s:1700000000", keys.StatsSecond(1_700_000_000));
        Assert.Equal("fleet:{5}:stats:j:2833333", keys.StatsJobs(2_833_333));
    }

    [Fact]
    public void Keys_of_all_partitions()
    {
        var keys = new FleetKeys("fleet", 1).Meta;
        Assert.Equal("fleet:{meta}:jobs", keys.Jobs);
        Assert.Equal("fleet:{meta}:queues", keys.Queues);
        Assert.Equal("fleet:{meta}:workers", keys.Workers);
        Assert.Equal("fleet:{meta}:seen", keys.Seen);
        Assert.Equal("fleet:{meta}:paused", keys.Paused);
        Assert.Equal("fleet:{meta}:draining", keys.Draining);
        Assert.Equal("fleet:{meta}:settings", keys.Settings);
        Assert.Equal("fleet:{meta}:changed", keys.Changed);
    }

    [Fact]
    public void A_key_of_every_kind_is_frozen_above()
    {
        // A member that is added to the keys belongs into the two tests above, and then here.
        Assert.Equal(
            "Active Checkpoint Control Due Events Expiring Feed Final FinalPrefix Idempotency Index Kept Log QueuePrefix Replicated Retained Retention Run RunChannel RunPrefix " +
            "Schedule Schedules StatsJobs StatsMinute StatsPrefix StatsSecond Stream Sweep SweepLock Ticks Unique Watchers",
            Members(typeof(PartitionKeys)));
        Assert.Equal("Changed Draining Jobs Paused Queues Seen Settings Workers", Members(typeof(MetaKeys)));

        static string Members(Type type) => string.Join(' ', type.GetMembers(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(member => member is PropertyInfo || member is MethodInfo { IsSpecialName: false })
            .Select(member => member.Name).Order(StringComparer.Ordinal));
    }

    [Theory, InlineData("nightly", 5), InlineData("cleanup", 0)]
    public void A_schedule_is_always_in_the_same_partition(string name, int partition) =>
        Assert.Equal(partition, new FleetKeys("fleet", 6).OfSchedule(name).Index);

    [Fact]
    public void Fleets_own_runs_have_a_partition_that_nobody_else_can_have()
    {
        var keys = new FleetKeys("fleet", RunId.SystemPartition);
        Assert.Equal("fleet:{system}:due", keys.System.Due);
        Assert.Same(keys.System, keys.Of(RunId.New(1, RunId.SystemPartition)));
        Assert.Equal(1023, RunId.SystemPartition);
        Assert.DoesNotContain(keys.System, keys.Partitions);
        Assert.Equal(RunId.SystemPartition - 1, keys.Partitions[^1].Index);
    }

    [Fact]
    public void A_run_of_a_partition_that_is_not_there_has_no_keys() => Assert.Null(new FleetKeys("fleet", 5).Of(_id));

    [Fact]
    public void Options_of_a_run()
    {
        var options = new RunOptions
        {
            Backoff = Backoff.Linear(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1)),
            Keep = RunOptions.KeepFor(TimeSpan.FromHours(1), TimeSpan.FromDays(1)),
            Tags = ["a", "b\"ü"],
            Meta = new Dictionary<string, string> { ["k"] = "v" },
            Timeout = TimeSpan.FromSeconds(90),
            ExpiresAt = new DateTimeOffset(2026, 1, 31, 9, 30, 0, TimeSpan.Zero),
            Tenant = "acme",
            Schedule = "nightly",
        };
        Assert.Equal(
            """{"tags":["a","b\u0022\u00FC"],"meta":{"k":"v"},"timeout":"00:01:30","backoff":{"kind":"linear","delay":"00:00:01","max":"00:01:00"},"keep":"3600 86400","expiresAt":1769851800000,"tenant":"acme","schedule":"nightly"}""",
            options.Write());
        Assert.Equal(options.Write(), RunOptions.Read(options.Write()).Write());
        Assert.Equal("", RunOptions.None.Write());
        Assert.Equal(RunOptions.None, RunOptions.Read(""));
        Assert.Equal(RunOptions.None, RunOptions.Read(null));
    }

    [Fact]
    public async Task Entry_of_a_queue()
    {
        var engine = await StartAsync();
        var partition = engine.Keys.Partitions[0];
        var id = await engine.EnqueueAsync(Engine.Spec("""{"a":1}""", "text.stats") with { MaxAttempts = 7 });
        Assert.Equal(id + """ 1 text.stats default 2 7 0|""" + "|" + """{"a":1}""", await EntryAsync(Priority.Normal));
        await engine.EnqueueAsync(Engine.Spec() with { Options = new RunOptions { Tags = ["x"] }, Priority = Priority.High });
        Assert.EndsWith("""|{"tags":["x"]}|{}""", await EntryAsync(Priority.High), StringComparison.Ordinal);

        async Task<string> EntryAsync(Priority priority)
        {
            var entry = Assert.Single(await engine.Redis.StreamRangeAsync(partition.Stream("default", priority)));
            var field = Assert.Single(entry.Values);
            Assert.Equal("run", field.Name);
            return field.Value.ToString().Replace('\n', '|');
        }
    }

    [Fact]
    public async Task Record_of_a_run_through_its_life()
    {
        var engine = await StartAsync();
        var partition = engine.Keys.Partitions[0];
        var run = await engine.TakeNewAsync(Engine.Spec("[1]") with { Unique = new UniqueRule { Key = "k" }, Options = new RunOptions { Tenant = "acme" } });
        Assert.Equal("1 head input options state unique", await FieldsAsync());
        await engine.BeginAsync(run);
        await engine.AppendAsync(run, Engine.Progress(0.5));
        await engine.CancelAsync(run.Id);
        Assert.Equal("1 2 cancel head input options progress state unique", await FieldsAsync());
        await engine.FinishAsync(run, payload: "[2]");
        var record = (await engine.Redis.HashGetAllAsync(partition.Run(run.Id))).ToStringDictionary();
        Assert.Equal("[2]", record["output"]);
        Assert.Equal("[1]", record["input"]);
        Assert.Equal("echo default 2 5 0", record["head"]);
        Assert.Matches(@"^succeeded 4 1 \d{13}$", record["state"]);
        Assert.Matches(@"^queued \d{13} 0$", record["1"]);
        Assert.Matches(@"^started \d{13} 1 w1$", record["2"]);
        Assert.Matches(@"^succeeded \d{13} 1$", record["4"]);

        async Task<string> FieldsAsync() =>
            string.Join(' ', (await engine.Redis.HashKeysAsync(partition.Run(run.Id))).Select(name => name.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Batch_of_the_feed()
    {
        var engine = await StartAsync();
        var partition = engine.Keys.Partitions[0];
        var run = await engine.TakeNewAsync(Engine.Spec() with { Priority = Priority.High, Options = new RunOptions { Tags = ["a/b", "ü\""] } });
        await engine.BeginAsync(run);
        var entries = await engine.Redis.StreamRangeAsync(partition.Events);
        Assert.All(entries, entry => Assert.Equal("batch", Assert.Single(entry.Values).Name));
        var batches = entries.Select(entry => JsonElement.Parse((string)entry["batch"]!)).ToList();
        Assert.Equal(["queued", "running"], batches.Select(batch => batch.GetProperty("runs")[0][1].GetString()));
        Assert.Equal(["", "w1"], batches.Select(batch => batch.GetProperty("worker").GetString()));
        foreach (var batch in batches)
        {
            Assert.Equal(["at", "worker", "runs"], batch.EnumerateObject().Select(property => property.Name));
            var item = batch.GetProperty("runs")[0];
            Assert.Equal(8, item.GetArrayLength());
            Assert.Equal(run.Id.ToString(), item[0].GetString());
            Assert.Equal(("echo", "default", 1), (item[4].GetString(), item[5].GetString(), item[6].GetInt32()));
            Assert.Equal(["a/b", "ü\""], item[7].EnumerateArray().Select(tag => tag.GetString()));
        }

        Assert.Equal((1, 0), (batches[0].GetProperty("runs")[0][2].GetInt32(), batches[0].GetProperty("runs")[0][3].GetInt32()));
        Assert.Equal((2, 1), (batches[1].GetProperty("runs")[0][2].GetInt32(), batches[1].GetProperty("runs")[0][3].GetInt32()));
    }

    [Fact]
    public async Task Empty_tags_are_no_tags_in_the_feed()
    {
        var engine = await StartAsync();
        await engine.EnqueueAsync(Engine.Spec() with { Options = new RunOptions { Tags = [], Tenant = "acme" } });
        await engine.FinishAsync(await engine.TakeOneAsync());
        foreach (var entry in await engine.Redis.StreamRangeAsync(engine.Keys.Partitions[0].Events))
            Assert.Empty(Assert.Single(FeedListener.ParseBatch(entry["batch"]!)).Tags);
    }

    [Fact]
    public void Names_of_outcomes_are_those_that_finish_knows()
    {
        var known = new ScriptHeader("finish").Body;
        Assert.All(Enum.GetNames<AttemptOutcome>(), name =>
#pragma warning disable CA1308 // The script's names are in lower case.
            Assert.Matches($"function outcomes\\.{name.ToLowerInvariant()}\\(|outcome == '{name.ToLowerInvariant()}'", known));
#pragma warning restore CA1308
    }

    [Fact]
    public async Task Log_of_a_run()
    {
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync();
        await engine.AppendAsync(run, Engine.Log("hello"));
        var entry = Assert.Single(await engine.Redis.StreamRangeAsync(engine.Keys.Partitions[0].Log(run.Id)));
        Assert.Equal("3-0", entry.Id);
        Assert.Equal(["type", "at", "attempt", "data"], entry.Values.Select(value => value.Name.ToString()));
        Assert.Equal("""{"line":"hello"}""", Encoding.UTF8.GetString(entry["data"]!));
    }

    [Fact]
    public async Task A_finished_run_stays_in_the_compact_encoding_even_where_the_worker_has_a_long_name()
    {
        // As long as the name that a worker makes up for itself can get: 24 of the host, a process id, four at random.
        var worker = $"{new string('h', 24)}-4194304-abcd";
        var engine = await StartAsync();
        var run = await engine.TakeNewAsync(worker: worker);
        Assert.True(await engine.FinishAsync(run, worker: worker));
        Assert.Equal(worker, (await engine.RunAsync(run.Id)).Worker);
        Assert.Equal("listpack", await engine.Redis.KeyEncodingAsync(engine.Keys.Partitions[0].Run(run.Id)));
    }
}

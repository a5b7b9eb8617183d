using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary><c>fleet doctor</c>, <c>config</c>, <c>runs --columns</c> and <c>schedules add</c>.</summary>
public sealed class OperatorCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Doctor_SaysOfEverythingHowItIs_AndWhatToDo()
    {
        await SubmitAsync(new Script("a"));
        var queue = NewName();
        (await RunAsync("queues", "pause", queue)).Expect(0);
        (await RunAsync("run", ScriptedJob.Name, "--input", Json(new Script("a")), "--queue", queue)).Expect(0);

        var text = await RunAsync("doctor");
        var json = await RunAsync("doctor", "--json");

        // Whether a loaded machine's Redis answers soon enough is not for this test to say.
        Assert.Equal(json.Json.GetProperty("healthy").GetBoolean() ? 0 : 1, json.ExitCode);
        Assert.InRange(text.ExitCode, 0, 1);
        Assert.Contains($"· The queue '{queue}' is paused, and 1 run waits in it.", text.Lines);
        Assert.Contains($"    ./fleet queues resume {queue}", text.Lines);
        Assert.Contains("✓ It keeps an append-only file.", text.Lines);
        var codes = json.Json.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("code").GetString()).ToList();
        Assert.All(["redis-version", "redis-persistence", "redis-eviction", "redis-memory", "redis-latency", "clock-skew", "workers", "due-runs", "schedules", "leases", "orphans"], expected => Assert.Contains(expected, codes));
        (await RunAsync("queues", "purge", queue, "--yes")).Expect(0);
        (await RunAsync("queues", "resume", queue)).Expect(0);
    }

    [Fact]
    public async Task Config_ShowsValueSourceAndMeaning_AndOnlyWhatIsAskedFor()
    {
        var text = (await RunAsync("config", "retention:succ")).Expect(0);
        Assert.Equal("Fleet:Retention:Succeeded = 7.00:00:00  (default)", text.Lines[0]);
        Assert.Equal("    How long a succeeded run is kept.", text.Lines[1]);

        var changed = (await RunAsync("config", "--changed", "--json")).Expect(0).Json.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["Fleet:Prefix", "Fleet:Redis", "Fleet:Worker:DrainTimeout"], changed.Select(setting => setting.GetProperty("key").GetString()).Order(StringComparer.Ordinal));
        Assert.All(changed, setting => Assert.NotEmpty(setting.GetProperty("meaning").GetString()!));
    }

    [Fact]
    public async Task Runs_Columns_AreThoseThatAreNamed()
    {
        var tag = NewName();
        var id = await FinishedAsync(new Script("a", Fail: "broken"), tag);

        var lines = (await RunAsync("runs", "--tag", tag, "--columns", "error,id,tags")).Expect(0).Lines;

        Assert.Matches("^ERROR +ID +TAGS$", lines[0]);
        Assert.Matches($"broken +{id}  {tag}$", lines[1]);
        Assert.Empty((await RunAsync("runs", "--tag", tag, "--until", "1h")).Expect(0).Out);
        var wrong = (await RunAsync("runs", "--columns", "id,eror")).Expect(2);
        Assert.Contains("Did you mean 'error'?", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SchedulesAdd_CreatesOnce_AndReplacesNothing()
    {
        var name = NewName();
        string[] add = ["schedules", "add", name, "--cron", "0 3 * * *", "--zone", "Europe/Berlin", "--job", ScriptedJob.Name, "--input", Json(new Script("a"))];

        var first = (await RunAsync(add)).Expect(0);
        Assert.StartsWith($"{name} ticks next at ", first.Lines[0], StringComparison.Ordinal);
        Assert.Equal(12, first.Lines.Length);

        Assert.Contains("No such runs", (await RunAsync("runs", "--schedule", name)).Expect(0).Error, StringComparison.Ordinal);
        var run = (await RunAsync("schedules", "trigger", name, "--json")).Expect(0).Json.GetProperty("id").GetString();
        Assert.Equal(run, Assert.Single((await RunAsync("runs", "--schedule", name, "--columns", "id")).Expect(0).Lines[1..]).Trim());

        var second = (await RunAsync(add)).Expect(2);
        Assert.Empty(second.Out);
        Assert.Contains($"./fleet schedules put {name}", second.Error, StringComparison.Ordinal);
        (await RunAsync("schedules", "delete", name)).Expect(0);
    }
}

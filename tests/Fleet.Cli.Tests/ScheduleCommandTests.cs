using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary><c>fleet schedules</c> and its subcommands.</summary>
public sealed class ScheduleCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Put_FromOptions_ShowsTheNextTimesInUtcAndInTheZone()
    {
        var name = NewName();
        var result = (await RunAsync(
            "schedules", "put", name, "--cron", "30 2 * * *", "--zone", "Asia/Kolkata", "--job", ScriptedJob.Name, "--input", Json(new Script("a")),
            "--overlap", "skip", "--missed", "all", "--jitter", "90s", "--tag", "blue", "--attempts", "2", "--timeout", "5m")).Expect(0);

        Assert.StartsWith($"{name} ticks next at ", result.Lines[0], StringComparison.Ordinal);
        Assert.Equal(12, result.Lines.Length);
        Assert.All(result.Lines[2..], line => Assert.Matches(@"^  \d{4}-\d\d-\d\d 21:00:00Z   [A-Z][a-z]{2} \d{4}-\d\d-\d\d 02:30:00 \+05:30$", line));

        var json = (await RunAsync("schedules", "show", name, "--json")).Expect(0).Json;
        Assert.Equal(("skip", "all", "00:01:30", 2, "00:05:00"), (
            json.GetProperty("overlap").GetString(), json.GetProperty("missed").GetString(), json.GetProperty("jitter").GetString(),
            json.GetProperty("maxAttempts").GetInt32(), json.GetProperty("timeout").GetString()));
        var text = (await RunAsync("schedules", "show", name)).Expect(0).Out;
        foreach (var expected in new[] { "30 2 * * *, Asia/Kolkata", "active", ScriptedJob.Name, "blue", "\"text\": \"a\"", "next" })
            Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_FromWhatShowPrinted_WithOptionsThatWin()
    {
        var (name, copy) = (NewName(), NewName());
        await PutAsync(name, "--cron", "@daily", "--zone", "Europe/Berlin");
        var shown = (await RunAsync("schedules", "show", name, "--json")).Expect(0).Out;

        var stored = (await CliProcess.RunAsync(["schedules", "put", copy, "--file", "-", "--every", "2h", "--json"], input: shown, variables: Url)).Expect(0).Json;

        Assert.Equal((copy, null, "02:00:00", "Europe/Berlin"), (
            stored.GetProperty("name").GetString(), stored.GetProperty("cron").GetString(), stored.GetProperty("every").GetString(), stored.GetProperty("zone").GetString()));
    }

    [Fact]
    public async Task List_ShowsWhenWhatAndWhetherItIsPaused()
    {
        var (daily, often, over) = (NewName(), NewName(), NewName());
        await PutAsync(daily, "--cron", "@daily", "--zone", "Europe/Berlin", "--paused");
        await PutAsync(often, "--every", "90m");
        await PutAsync(over, "--every", "90m", "--end", "2020-01-01");

        var lines = (await RunAsync("schedules")).Expect(0).Lines;

        Assert.StartsWith("NAME", lines[0], StringComparison.Ordinal);
        Assert.Matches($@"^{daily} +@daily +Europe/Berlin +{ScriptedJob.Name} +- +- +paused *$", lines.Single(line => line.StartsWith(daily, StringComparison.Ordinal)));
        Assert.Matches($@"^{often} +every 01:30:00 +- +{ScriptedJob.Name} +in 1h +- +active *$", lines.Single(line => line.StartsWith(often, StringComparison.Ordinal)));
        Assert.Matches($@"^{over} +every 01:30:00 .* ended *$", lines.Single(line => line.StartsWith(over, StringComparison.Ordinal)));
        var items = (await RunAsync("schedules", "--json")).Expect(0).Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!);
        Assert.Superset(new HashSet<string> { daily, often, over }, items.ToHashSet());
    }

    [Fact]
    public async Task PauseResumeTriggerDelete_DoWhatTheySay()
    {
        var name = NewName();
        await PutAsync(name, "--cron", "@yearly");
        Assert.Equal($"{name} is paused.", (await RunAsync("schedules", "pause", name)).Expect(0).Lines[0]);
        Assert.Contains("ticks next at", (await RunAsync("schedules", "resume", name)).Expect(0).Out, StringComparison.Ordinal);

        var id = RunId.Parse((await RunAsync("schedules", "trigger", name)).Expect(0).Lines[0]);
        Assert.Equal((RunState.Succeeded, name), ((await EndOfAsync(id)).State, (await GetAsync(id)).Schedule));
        Assert.Contains("\"length\": 0", (await RunAsync("schedules", "trigger", name, "--wait")).Expect(0).Out.Replace("\":0", "\": 0", StringComparison.Ordinal), StringComparison.Ordinal);

        Assert.Equal($"{name} is deleted.", (await RunAsync("schedules", "delete", name)).Expect(0).Lines[0]);
        Assert.Contains(name, (await RunAsync("schedules", "show", name)).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WhatFleetRefuses_NamesTheFields()
    {
        var error = (await RunAsync("schedules", "put", NewName(), "--cron", "0 25 * * *", "--zone", "Europe/Berln", "--job", ScriptedJob.Name)).Expect(2).Error;
        Assert.Contains("must be from 0 to 23", error, StringComparison.Ordinal);
        Assert.Contains("'Europe/Berlin'", error, StringComparison.Ordinal);
    }

    private async Task PutAsync(string name, params string[] options) =>
        (await RunAsync(["schedules", "put", name, "--job", ScriptedJob.Name, "--input", Json(new Script("")), .. options])).Expect(0);
}

using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary>The commands that show and change what is there.</summary>
public sealed class ListCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Runs_WithTag_ListsThemNewestFirst()
    {
        var tag = NewName();
        var good = await FinishedAsync(new Script("a"), tag);
        var bad = await FinishedAsync(new Script("a", Fail: "no"), tag);

        var all = (await RunAsync("runs", "--tag", tag)).Expect(0);
        Assert.StartsWith("ID ", all.Lines[0], StringComparison.Ordinal);
        Assert.Equal([$"{bad}", $"{good}"], all.Lines[1..].Select(line => line[..26]));
        Assert.Equal([$"{bad}"], (await RunAsync("runs", "--tag", tag, "--state", "failed", "--since", "1h")).Expect(0).Lines[1..].Select(line => line[..26]));

        var page = (await RunAsync("runs", "--tag", tag, "--limit", "1", "--json")).Expect(0).Json;
        Assert.Equal($"{bad}", Assert.Single(page.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        Assert.NotNull(page.GetProperty("next").GetString());
    }

    [Fact]
    public async Task Runs_None_SaysSoBesideTheOutput()
    {
        var result = (await RunAsync("runs", "--tag", NewName())).Expect(0);

        Assert.Empty(result.Out);
        Assert.Contains("fleet run", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_FinishedRun_TellsItsStory()
    {
        var id = await FinishedAsync(new Script("hello", ["a line"]), "blue");

        var text = (await RunAsync("show", id.ToString())).Expect(0).Out;
        foreach (var expected in new[] { id.ToString(), ScriptedJob.Name, "succeeded", "blue", "\"text\": \"hello\"", "\"length\": 5", "started", "attempt 1 on" })
            Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain("a line", text[text.IndexOf("timeline", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Equal("succeeded", (await RunAsync("show", id.ToString(), "--json")).Expect(0).Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Retry_FailedRun_QueuesItAgain()
    {
        var id = await FinishedAsync(new Script("a", Fail: "no"));

        Assert.Contains(id.ToString(), (await RunAsync("retry", id.ToString())).Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal(2, (await EndOfAsync(id)).Attempt);
    }

    [Fact]
    public async Task Cancel_FinalRun_PrintsTheProblem()
    {
        var id = await FinishedAsync(new Script("a"));

        var result = (await RunAsync("cancel", id.ToString())).Expect(2);
        Assert.Empty(result.Out);
        Assert.Contains("final", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_RunningFleet_ListsAndShowsThem()
    {
        Assert.Contains("Does as it is told.", (await RunAsync("jobs")).Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("\"text\"", (await RunAsync("jobs", ScriptedJob.Name)).Expect(0).Out, StringComparison.Ordinal);
        Assert.Equal(ScriptedJob.Name, (await RunAsync("jobs", "--json")).Expect(0).Json.GetProperty("items")[0].GetProperty("name").GetString());
        Assert.Contains("nope", (await RunAsync("jobs", "nope")).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatsQueuesWorkers_RunningFleet_AreShown()
    {
        await FinishedAsync(new Script("a"));

        Assert.Matches(@"succeeded +[1-9]", (await RunAsync("stats")).Expect(0).Out);
        Assert.True((await RunAsync("stats", "--json")).Expect(0).Json.GetProperty("counts").GetProperty("succeeded").GetInt64() > 0);
        Assert.Contains("default", (await RunAsync("queues")).Expect(0).Out, StringComparison.Ordinal);
        Assert.NotEmpty((await RunAsync("queues", "--json")).Expect(0).Json.GetProperty("items").EnumerateArray());
        Assert.Matches(@"\d+/\d+", (await RunAsync("workers")).Expect(0).Out);
        Assert.NotEmpty((await RunAsync("workers", "--json")).Expect(0).Json.GetProperty("items").EnumerateArray());
    }
}

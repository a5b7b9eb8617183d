using System.Text.Json;
using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary>The commands with which an operator takes hold of a fleet.</summary>
public sealed class ControlCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Queues_PauseResumePurge_DoSo()
    {
        var queue = NewName();
        Assert.Contains($"{queue} is paused", (await RunAsync("queues", "pause", queue)).Expect(0).Out, StringComparison.Ordinal);
        Assert.Matches($"{queue} .* paused", (await RunAsync("queues")).Expect(0).Out);
        var held = (await RunAsync("run", ScriptedJob.Name, "--queue", queue, "--input", Json(new Script("a")))).Expect(0).Out.Trim();

        var why = (await RunAsync("why", held)).Expect(0).Out;
        Assert.StartsWith($"{held} is queued\n- The queue '{queue}' is paused", why, StringComparison.Ordinal);

        // Nobody can be asked over a pipe.
        Assert.Contains("--yes", (await RunAsync("queues", "purge", queue)).Expect(2).Error, StringComparison.Ordinal);
        Assert.Equal("1 run was cancelled.\n", (await RunAsync("queues", "purge", queue, "--yes")).Expect(0).Out);
        Assert.Equal("cancelled", (await RunAsync("show", held, "--json")).Expect(0).Json.GetProperty("state").GetString());

        Assert.False((await RunAsync("queues", "resume", queue, "--json")).Expect(0).Json.GetProperty("paused").GetBoolean());
        Assert.Contains($"'{queue}'", (await RunAsync("queues", "resume", queue + "x")).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_FinishedRun_SaysSoInWordsAndAsData()
    {
        var id = await FinishedAsync(new Script("a"));

        Assert.Contains("- Attempt 1 succeeded on worker ", (await RunAsync("why", id.ToString())).Expect(0).Out, StringComparison.Ordinal);
        var json = (await RunAsync("why", id.ToString(), "--json")).Expect(0).Json;
        Assert.Equal(("succeeded", "succeeded"), (json.GetProperty("state").GetString(), json.GetProperty("reasons")[0].GetProperty("code").GetString()));
        Assert.Equal(JsonValueKind.String, json.GetProperty("reasons")[0].GetProperty("worker").ValueKind);
        Assert.Contains("There is no run", (await RunAsync("why", RunId.New(1, 0).ToString())).Expect(2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bulk_RetryByFilter_ShowsProgressAndResult()
    {
        var tag = NewName();
        var ids = new List<RunId>();
        for (var i = 0; i < 3; i++) ids.Add(await FinishedAsync(new Script("a", Fail: "no"), tag));

        Assert.Equal("3 runs would be retried.\n", (await RunAsync("bulk", "retry", "--tag", tag, "--dry-run")).Expect(0).Out);
        Assert.Contains("Retry 3 runs? Nobody", (await RunAsync("bulk", "retry", "--tag", tag)).Expect(2).Error, StringComparison.Ordinal);
        var result = (await RunAsync("bulk", "retry", "--tag", tag, "--yes")).Expect(0);

        Assert.Contains("progress", result.Out, StringComparison.Ordinal);
        Assert.Contains("3 runs were retried.", result.Error, StringComparison.Ordinal);
        foreach (var id in ids) Assert.Equal(2, (await EndOfAsync(id)).Attempt);
    }

    [Fact]
    public async Task Bulk_DeleteByIdAsJson_IsOneDocument()
    {
        var (gone, stays) = (await FinishedAsync(new Script("a")), await FinishedAsync(new Script("a")));

        var json = (await RunAsync("bulk", "delete", gone.ToString(), "--yes", "--json")).Expect(0).Json;

        Assert.Equal("""{"matched":1,"changed":1,"skipped":0}""", JsonSerializer.Serialize(json.GetProperty("output")));
        (await RunAsync("show", gone.ToString())).Expect(2);
        (await RunAsync("show", stays.ToString())).Expect(0);
        Assert.Contains("is deleted", (await RunAsync("delete", stays.ToString())).Expect(0).Out, StringComparison.Ordinal);
        (await RunAsync("show", stays.ToString())).Expect(2);
    }

    [Fact]
    public async Task Bulk_NoWait_PrintsTheRunThatDoesIt()
    {
        var id = await FinishedAsync(new Script("a"));

        var run = (await RunAsync("bulk", "delete", id.ToString(), "--yes", "--no-wait")).Expect(0).Out.Trim();

        (await RunAsync("wait", run)).Expect(0);
        (await RunAsync("show", id.ToString())).Expect(2);
    }

    [Fact]
    public async Task Bulk_NothingSaysWhich_IsWrongUsage()
    {
        Assert.Contains("--all", (await RunAsync("bulk", "delete", "--yes")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("No such runs", (await RunAsync("bulk", "cancel", "--tag", NewName())).Expect(0).Error, StringComparison.Ordinal);
        Assert.Contains("final", (await RunAsync("bulk", "cancel", "--state", "failed", "--yes")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Contains("retry", (await RunAsync("bulk")).Expect(0).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n", false)]
    [InlineData("y", true)]
    public async Task Bulk_OnATerminal_Asks(string answer, bool deleted)
    {
        var tag = NewName();
        var id = await FinishedAsync(new Script("a"), tag);
        await using var bulk = CliProcess.StartOnTerminal(["bulk", "delete", "--tag", tag], Url);

        await bulk.ShowsAsync("Delete 1 run? [y/N]");
        await bulk.TypeAsync(answer + "\n");
        var result = (await bulk.EndAsync()).Expect(0);

        Assert.Contains(deleted ? "1 run was deleted." : "Nothing was done.", result.Out, StringComparison.Ordinal);
        (await RunAsync("show", id.ToString())).Expect(deleted ? 2 : 0);
    }

    [Fact]
    public async Task Workers_DrainOneThatIsNotThere_NamesTheNearest()
    {
        var known = (await RunAsync("workers", "--json")).Expect(0).Json.GetProperty("items")[0].GetProperty("id").GetString()!;

        Assert.Contains($"'{known}'", (await RunAsync("workers", "drain", known + "x")).Expect(2).Error, StringComparison.Ordinal);
        Assert.Matches("WORKER +HOST +STATE", (await RunAsync("workers")).Expect(0).Out);
    }
}

using System.Text.Json;
using Fleet.RealFleet;
using Fleet.Testing;

namespace Fleet.Cli.Tests;

/// <summary><c>fleet watch</c>, <c>wait</c> and <c>logs</c> over pipes.</summary>
public sealed class WatchCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Watch_SeveralRuns_NamesEachAndReturns1WhenOneFails()
    {
        var good = await SubmitAsync(new Script("a"));
        var bad = await SubmitAsync(new Script("a", Fail: "on purpose"));

        var result = (await RunAsync("watch", good.ToString(), bad.ToString())).Expect(1);

        Assert.Contains(result.Lines, line => line.StartsWith($"{good}  ", StringComparison.Ordinal) && line.Contains("succeeded", StringComparison.Ordinal));
        Assert.Contains(result.Lines, line => line.StartsWith($"{bad}  ", StringComparison.Ordinal) && line.Contains("on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Watch_RunningRun_PrintsLinesAsTheyCome()
    {
        var gate = NewName();
        var id = await SubmitAsync(new Script("a", ["first"], Gate: gate));
        await using var watch = CliProcess.Start(["watch", id.ToString()], variables: Url);

        await watch.ShowsAsync("first");
        Assert.DoesNotContain("succeeded", watch.Out, StringComparison.Ordinal);
        Fleet.Gates.Open(gate);

        Assert.Contains("succeeded", (await watch.EndAsync()).Expect(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_FleetGoesAwayAndReturns_SaysSoOnceAndMissesNothing()
    {
        await using var way = new CuttableProxy(Fleet.Address.Authority);
        var gate = NewName();
        var id = await SubmitAsync(new Script("a", ["first"], Gate: gate));
        await using var watch = CliProcess.Start(["watch", id.ToString(), "--json", "--url", $"http://{way.Address}"]);
        await watch.ShowsAsync("first");

        way.Become(WireState.Cut);
        await watch.ComplainsAsync("Lost the connection");
        Fleet.Gates.Open(gate);
        await EndOfAsync(id);
        way.Become(WireState.Whole);

        var result = (await watch.EndAsync()).Expect(0);
        var seqs = result.Lines.Select(line => JsonElement.Parse(line).GetProperty("seq").GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(1, (int)(await GetAsync(id)).Seq), seqs);
        Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Watch_UnknownRun_IsRefused()
    {
        var result = (await RunAsync("watch", RunId.New(1_770_000_000_000, 0).ToString())).Expect(2);

        Assert.Empty(result.Out);
        Assert.NotEmpty(result.Error);
    }

    [Fact]
    public async Task Wait_RunningRun_GivesUpWithCode1()
    {
        var gate = NewName();
        var id = await SubmitAsync(new Script("a", Gate: gate));
        await Fleet.Gates.ReachedAsync(gate);

        var late = (await RunAsync("wait", id.ToString(), "--timeout", "0.2")).Expect(1);
        Assert.Empty(late.Out);
        Assert.Contains("still running", late.Error, StringComparison.Ordinal);
        Assert.Equal("running", (await RunAsync("wait", id.ToString(), "--timeout", "0.2", "--json")).Expect(1).Json.GetProperty("state").GetString());

        Fleet.Gates.Open(gate);
        Assert.Equal(1, (await RunAsync("wait", id.ToString(), "--timeout", "1m")).Expect(0).Json.GetProperty("length").GetInt32());
    }

    [Fact]
    public async Task Wait_CancelledRun_Returns1()
    {
        var id = RunId.Parse((await RunAsync("run", ScriptedJob.Name, "--input", """{"text":"a"}""", "--delay", "1h")).Expect(0).Out.Trim());

        Assert.Contains("cancelled", (await RunAsync("cancel", id.ToString())).Expect(0).Out, StringComparison.Ordinal);
        Assert.Contains("cancelled", (await RunAsync("wait", id.ToString())).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_FinishedRun_PrintsItsLinesAndNothingElse()
    {
        var id = await FinishedAsync(new Script("a", ["one", "  two"], ["three"]));

        Assert.Equal("one\n  two\nthree\n", (await RunAsync("logs", id.ToString())).Expect(0).Out);
        Assert.Equal("one\n  two\nthree\n", (await RunAsync("logs", id.ToString(), "-f")).Expect(0).Out);
        Assert.All((await RunAsync("logs", id.ToString(), "--json")).Expect(0).Lines,
            line => Assert.Equal("log", System.Text.Json.JsonElement.Parse(line).GetProperty("type").GetString()));
    }

    [Fact]
    public async Task LogsFollow_RunningRun_PrintsLinesAsTheyCome()
    {
        var gate = NewName();
        var id = await SubmitAsync(new Script("a", ["first"], Gate: gate));
        await using var logs = CliProcess.Start(["logs", id.ToString(), "--follow"], variables: Url);

        await logs.ShowsAsync("first");
        Fleet.Gates.Open(gate);

        Assert.Equal("first\n", (await logs.EndAsync()).Expect(0).Out);
    }
}

using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary><c>fleet run</c> over pipes.</summary>
public sealed class RunCommandTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Run_Plain_PrintsTheIdAndNothingElse()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--input", """{"text":"hello"}""", "--tag", "a", "--tag", "b", "--attempts", "2", "--priority", "high")).Expect(0);

        Assert.Empty(result.Error);
        var run = await EndOfAsync(RunId.Parse(result.Out.Trim()));
        Assert.Equal((RunState.Succeeded, Priority.High, 2), (run.State, run.Priority, run.MaxAttempts));
        Assert.Equal(["a", "b"], run.Tags);
    }

    [Fact]
    public async Task Run_Delay_SchedulesIt()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--input", """{"text":"a"}""", "--delay", "2h", "--json")).Expect(0);

        Assert.Equal("scheduled", result.Json.GetProperty("state").GetString());
        var delay = result.Json.GetProperty("dueAt").GetDateTimeOffset() - result.Json.GetProperty("createdAt").GetDateTimeOffset();
        Assert.Equal(TimeSpan.FromHours(2), delay);
    }

    [Fact]
    public async Task Run_InputFromFile_IsReadFromTheCurrentDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("fleet-cli-");
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, "in.json"), """{"text":"äöü"}""");

        var result = await CliProcess.RunAsync(["run", ScriptedJob.Name, "--input", "@in.json", "--wait"], directory: directory.FullName, variables: Url);

        Assert.Equal(3, result.Expect(0).Json.GetProperty("length").GetInt32());
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Run_InputFromStandardInput_IsRead()
    {
        var result = await CliProcess.RunAsync(["run", ScriptedJob.Name, "--input", "-", "--wait"], input: """{"text":"four"}""", variables: Url);

        Assert.Equal(4, result.Expect(0).Json.GetProperty("length").GetInt32());
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData("{text:1}", "--input")]
    [InlineData("@no-such-file.json", "no-such-file.json")]
    public async Task Run_InputThatIsNone_IsWrongUsage(string input, string named)
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--input", input)).Expect(2);

        Assert.Empty(result.Out);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameKeyTwice_PrintsTheSameIdAndSaysWhy()
    {
        var key = NewName();
        var first = (await RunAsync("run", ScriptedJob.Name, "--input", """{"text":"a"}""", "--key", key)).Expect(0);
        var second = (await RunAsync("run", ScriptedJob.Name, "--input", """{"text":"a"}""", "--key", key)).Expect(0);

        Assert.Equal(first.Out, second.Out);
        Assert.Empty(first.Error);
        Assert.Contains("earlier", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_UnknownJob_NamesTheNearest()
    {
        var result = (await RunAsync("run", "test.scrip")).Expect(2);

        Assert.Empty(result.Out);
        Assert.Contains(ScriptedJob.Name, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_InvalidInput_NamesTheField()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--input", """{"text":7}""")).Expect(2);

        Assert.Empty(result.Out);
        Assert.Contains("text: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunWait_FailingRun_PrintsTheErrorAndReturns1()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--wait", "--input", Json(new Script("a", Fail: "on purpose")))).Expect(1);

        Assert.Empty(result.Out);
        Assert.Contains("on purpose", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunWaitJson_FailingRun_PrintsTheRunAsOneDocument()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--wait", "--json", "--input", Json(new Script("a", Fail: "on purpose")))).Expect(1);

        Assert.Equal(("failed", "on purpose"),
            (result.Json.GetProperty("state").GetString(), result.Json.GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task RunWatch_Pipe_PrintsOnePlainLineAnEvent()
    {
        var script = new Script("hello", ["one \u001b[31mred\u001b[0m line"], ["oops"], 0.4);
        var result = (await RunAsync("run", ScriptedJob.Name, "--watch", "--input", Json(script))).Expect(0);

        Assert.Empty(result.Error);
        Assert.DoesNotContain('\u001b', result.Out);
        Assert.DoesNotContain('\r', result.Out);
        Assert.Equal(["queued", "started", "log", "log", "progress", "succeeded"], result.Lines.Select(line => line.Split("  ")[1].Trim()));
        Assert.EndsWith("  one red line", result.Lines[2], StringComparison.Ordinal);
        Assert.EndsWith("""  {"length":5,"attempt":1}""", result.Lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunWatchJson_Pipe_PrintsOneDocumentAnEvent()
    {
        var result = (await RunAsync("run", ScriptedJob.Name, "--watch", "--json", "--input", Json(new Script("a", ["one"], Fail: "no")))).Expect(1);

        Assert.Empty(result.Error);
        var events = result.Lines.Select(line => System.Text.Json.JsonElement.Parse(line)).ToList();
        Assert.Equal(Enumerable.Range(1, events.Count), events.Select(item => item.GetProperty("seq").GetInt32()));
        Assert.Equal(["queued", "started", "log", "failed"], events.Select(item => item.GetProperty("type").GetString()));
        Assert.Single(events.Select(item => item.GetProperty("run").GetString()).Distinct());
    }
}

using System.Net;
using Fleet.Testing;

namespace Fleet.Cli.Tests;

/// <summary>How the command line is used, and what it says when it is used wrongly or finds nobody.</summary>
public sealed class UsageTests
{
    public static TheoryData<string> Commands =>
        ["run", "watch", "wait", "show", "runs", "logs", "cancel", "retry", "jobs", "stats", "queues", "workers", "schedules", "top", "doctor", "config", "completion"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Help_EveryCommand_HasAnExample(string command)
    {
        var (exitCode, output, error) = await CallAsync(command, "--help");

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains($"Example:\n  fleet {command}", output, StringComparison.Ordinal);
        Assert.Contains("--json", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_NoCommand_ListsThem()
    {
        var (exitCode, output, _) = await CallAsync();

        Assert.Equal(0, exitCode);
        foreach (var command in Commands) Assert.Contains($"\n  {command} ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rnu", "no command 'rnu'", "'run'")]
    [InlineData("wokers", "no command 'wokers'", "'workers'")]
    [InlineData("run a --tga b", "no option '--tga'", "'--tag'")]
    [InlineData("runs --state fialed", "'fialed'", "'failed'")]
    [InlineData("run a --priority hihg", "'hihg'", "'high'")]
    [InlineData("docter", "no command 'docter'", "'doctor'")]
    [InlineData("up", "'up' is a command of the script", "./fleet")]
    [InlineData("runs --columns id,stat", "'stat'", "'state'")]
    [InlineData("schedules puase n", "no command 'puase'", "'pause'")]
    [InlineData("schedules put n --overlap qeue-one", "'qeue-one'", "'queue-one'")]
    [InlineData("schedules put n --missed latst", "'latst'", "'latest'")]
    public async Task WrongWord_Known_NamesTheNearest(string line, string wrong, string meant)
    {
        var (exitCode, output, error) = await CallAsync(line.Split(' '));

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(wrong, error, StringComparison.Ordinal);
        Assert.Contains(meant, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "<JOB>")]
    [InlineData("watch", "<ID>")]
    [InlineData("show", "<ID>")]
    [InlineData("show not-an-id", "not-an-id")]
    [InlineData("stats today", "today")]
    [InlineData("schedules pause", "'fleet schedules pause' needs <NAME>")]
    [InlineData("schedules put n --every soon", "soon")]
    [InlineData("schedules put n --start soon", "--start 'soon'")]
    [InlineData("schedules put n --file nowhere.json", "--file: cannot read 'nowhere.json'")]
    [InlineData("runs --limit 0", "--limit")]
    [InlineData("runs --since yesterday", "yesterday")]
    [InlineData("run a --delay soon", "soon")]
    [InlineData("run a --attempts many", "many")]
    [InlineData("stats --url ftp://here", "ftp://here")]
    public async Task WrongUsage_Returns2_AndNamesTheFault(string line, string named)
    {
        var (exitCode, output, error) = await CallAsync(line.Split(' '));

        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyListens_Returns3_WithOneLineThatSaysWhatToDo()
    {
        var url = $"http://127.0.0.1:{RedisServer.FreePort()}";
        foreach (var args in new string[][] { ["stats"], ["run", "a", "--watch"], ["watch", $"{RunId.New(1, 0)}"], ["wait", $"{RunId.New(1, 0)}"], ["logs", $"{RunId.New(1, 0)}", "-f"] })
        {
            var result = (await CliProcess.RunAsync([.. args, "--url", url, "--json"])).Expect(3);

            Assert.Empty(result.Out);
            Assert.Equal($"Cannot reach Fleet at {url}: is it running? Start it with ./fleet up, or give --url.\n", result.Error);
        }
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, 3)]
    [InlineData(HttpStatusCode.InternalServerError, 3)]
    [InlineData(HttpStatusCode.Unauthorized, 2)]
    public async Task Problem_IsPrintedWithItsDetail(HttpStatusCode status, int expected)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.ThenJson($$"""{"type":"urn:fleet:x","title":"A title","status":{{(int)status}},"detail":"A detail."}""", (int)status, "application/problem+json");

        var (exitCode, output, error) = await CallAsync("stats", "--url", server.Address.ToString());

        Assert.Equal((expected, "", "A title\nA detail.\n"), (exitCode, output, error));
    }

    [Fact]
    public async Task Url_FromTheNearestFleetDirectory_IsUsedAndNamed()
    {
        var directory = Directory.CreateTempSubdirectory("fleet-cli-");
        var below = directory.CreateSubdirectory("a/b");
        var file = Path.Combine(directory.CreateSubdirectory(".fleet").FullName, "url");
        var url = $"http://127.0.0.1:{RedisServer.FreePort()}";
        await File.WriteAllTextAsync(file, url + "\n");

        var result = (await CliProcess.RunAsync(["stats"], directory: below.FullName)).Expect(3);

        Assert.StartsWith($"Cannot reach Fleet at {url} (from {file})", result.Error, StringComparison.Ordinal);
        directory.Delete(recursive: true);
    }

    [Theory]
    [InlineData("http://option", "http://variable", "http://file", "http://option/")]
    [InlineData(null, "variable:81", "http://file", "http://variable:81/")]
    [InlineData(null, "", "http://file", "http://file/")]
    [InlineData(null, null, null, "http://127.0.0.1:8080/")]
    public void Url_SeveralAreGiven_TheNearestCounts(string? option, string? variable, string? file, string expected)
    {
        var directory = Directory.CreateTempSubdirectory("fleet-cli-");
        if (file is not null) File.WriteAllText(Path.Combine(directory.CreateSubdirectory(".fleet").FullName, "url"), file);
        var host = new CliHost { Out = TextWriter.Null, Error = TextWriter.Null, Directory = directory.FullName, Variable = _ => variable };

        Assert.Equal(expected, ServerAddress.Find(option, host).Url.ToString());
        directory.Delete(recursive: true);
    }

    private static async Task<(int ExitCode, string Out, string Error)> CallAsync(params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await FleetCli.RunAsync(args, new CliHost { Out = output, Error = error, Directory = Path.GetTempPath() });
        return (exitCode, output.ToString(), error.ToString());
    }
}

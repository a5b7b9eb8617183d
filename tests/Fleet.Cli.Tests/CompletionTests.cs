using System.Diagnostics;
using System.IO.Compression;

namespace Fleet.Cli.Tests;

/// <summary>What makes the client at home on a machine: completion in shells, and its package.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("fleet sched", "schedules")]
    [InlineData("fleet schedules pa", "pause")]
    [InlineData("fleet --url http://x run --pri", "--priority")]
    [InlineData("fleet runs --state fai", "failed")]
    [InlineData("fleet runs -s succ", "succeeded")]
    [InlineData("fleet schedules put n --overlap sk", "skip")]
    [InlineData("fleet runs --columns err", "error")]
    [InlineData("fleet queues purge mail --j", "--json")]
    [InlineData("fleet comp", "completion")]
    public async Task Bash_CompletesTheWord(string line, string expected)
    {
        var script = (await CliProcess.RunAsync(["completion", "bash"])).Expect(0);
        var test = $"""
            {script.Out}
            COMP_WORDS=({line}); COMP_CWORD=$((${"{"}#COMP_WORDS[@]{"}"} - 1)); _fleet
            printf '%s\n' "${"{"}COMPREPLY[@]{"}"}"
            """;

        Assert.Equal([expected], await BashAsync(test));
    }

    [Fact]
    public async Task Bash_AfterASpace_ListsWhatMayFollow()
    {
        var script = (await CliProcess.RunAsync(["completion", "bash"])).Expect(0).Out;

        var words = await BashAsync($"{script}\nCOMP_WORDS=(fleet schedules ''); COMP_CWORD=2; _fleet; printf '%s\\n' \"${{COMPREPLY[@]}}\"");

        Assert.All(["show", "add", "put", "pause", "resume", "trigger", "delete", "--json"], expected => Assert.Contains(expected, words));
        Assert.DoesNotContain("run", words);
    }

    [Theory]
    [InlineData("zsh", "compdef _fleet fleet ./fleet", "' schedules pause') place=", "--state|-s) compadd -- scheduled")]
    [InlineData("fish", "complete -c fleet -n \"__fleet_at ' schedules'\" -a pause", "complete -c fleet -n \"__fleet_at ' runs'\" -l state", "-xa 'scheduled queued")]
    public async Task OtherShells_GetTheSameWords(string shell, params string[] lines)
    {
        var script = (await CliProcess.RunAsync(["completion", shell])).Expect(0).Out;

        Assert.All(lines, line => Assert.Contains(line, script, StringComparison.Ordinal));
        Assert.Equal(shell, (await CliProcess.RunAsync(["completion", shell, "--json"])).Expect(0).Json.GetProperty("shell").GetString());
    }

    [Fact]
    public async Task UnknownShell_IsWrongUsage() =>
        Assert.Contains("Did you mean 'fish'?", (await CliProcess.RunAsync(["completion", "fihs"])).Expect(2).Error, StringComparison.Ordinal);

    [Fact]
    public async Task Packed_ItIsAToolWhoseCommandIsFleet()
    {
        var folder = Directory.CreateTempSubdirectory("fleet-tool-").FullName;
        try
        {
            var project = Path.Combine(AppContext.BaseDirectory, "../../../../../clients/cli/Fleet.Cli.csproj");
            var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
            await RunAsync("dotnet", ["pack", Path.GetFullPath(project), "-c", configuration, "--no-build", "--nologo", "-v", "q", "-o", folder, "-nodeReuse:false"], folder);
            var package = Assert.Single(Directory.GetFiles(folder, "Fleet.Cli.*.nupkg"));
            await using (var archive = await ZipFile.OpenReadAsync(package))
            {
                var settings = Assert.Single(archive.Entries, entry => entry.Name == "DotnetToolSettings.xml");
                using var reader = new StreamReader(await settings.OpenAsync());
                Assert.Contains("<Command Name=\"fleet\" EntryPoint=\"fleet-cli.dll\"", await reader.ReadToEndAsync(), StringComparison.Ordinal);
            }

            // From nowhere but this folder.
            await File.WriteAllTextAsync(Path.Combine(folder, "nuget.config"), $"""
                <configuration><packageSources><clear /><add key="here" value="{folder}" /></packageSources></configuration>
                """);
            await RunAsync("dotnet", ["tool", "install", "Fleet.Cli", "--tool-path", Path.Combine(folder, "tools"), "--configfile", Path.Combine(folder, "nuget.config")], folder);
            Assert.Contains("fleet run text.stats", await RunAsync(Path.Combine(folder, "tools", "fleet"), ["--help"], folder), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string[]> BashAsync(string script) =>
        (await RunAsync("bash", ["--norc", "-c", script], Path.GetTempPath())).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<string> RunAsync(string program, string[] arguments, string directory)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = directory };
        start.Environment["DOTNET_CLI_HOME"] = directory;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(4));
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await error}");
        return await output;
    }
}

using System.Globalization;
using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary><c>./fleet</c>, the one command of a newcomer.</summary>
public sealed class ScriptTests : IDisposable
{
    /// <summary>The first call builds, where the tests were not started by the script itself.</summary>
    private static readonly TimeSpan Build = TimeSpan.FromMinutes(8);

    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Help_NeedsNothingAndNamesEveryCommand()
    {
        // bash and what any system has: no dotnet, no node, no Redis.
        await using var help = Fleet(["help"], Tools("bash", "dirname", "readlink", "cat"));

        Assert.Equal(0, await help.ExitAsync());

        Assert.All(["up", "api | worker | notifier", "test", "bench", "help"], command => Assert.Contains($"./fleet {command}", help.Told, StringComparison.Ordinal));
        Assert.Empty(help.Errors);
    }

    [Fact]
    public async Task Up_ThroughTheScript_IsReadyRunsAndEndsWithOneSignal()
    {
        await using var process = Fleet(["up", "--port", "0", "--data", _scratch.Data]);
        await process.LineAsync("Fleet is ready at ", Build);
        var url = (await File.ReadAllTextAsync(Path.Combine(_scratch.Data, "url"))).Trim();
        await using var run = Fleet(["run", "text.stats", "--input", "{\"text\":\"to be or not to be\"}", "--wait", "--json"], ("FLEET_URL", url));
        Assert.True(await run.ExitAsync(Build) == 0, run.Told);
        Assert.Contains("\"words\"", run.Told, StringComparison.Ordinal);

        // The script has become the service: the process that was started is the one that hears the signal.
        Assert.StartsWith("dotnet", (await File.ReadAllTextAsync($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/cmdline")), StringComparison.Ordinal);
        await process.SignalAsync("TERM");

        Assert.Equal(0, await process.ExitAsync());
        Assert.Empty(_scratch.Processes);
    }

    [Fact]
    public async Task Up_BringsTheConsole_AndBuildsNothingASecondTime()
    {
        await using var first = Fleet(["up", "--port", "0", "--data", _scratch.Data]);
        await first.LineAsync("Fleet is ready at ", Build);
        using var http = new HttpClient { BaseAddress = new Uri((await File.ReadAllTextAsync(Path.Combine(_scratch.Data, "url"))).Trim()) };
        Assert.Contains("<title>Fleet</title>", await http.GetStringAsync(new Uri("/runs", UriKind.Relative)), StringComparison.Ordinal);
        await first.SignalAsync("TERM");
        Assert.Equal(0, await first.ExitAsync());

        await using var second = Fleet(["up", "--port", "0", "--data", _scratch.Data]);
        await second.LineAsync("Fleet is ready at ", Build);

        Assert.Empty(second.Errors);
        await second.SignalAsync("TERM");
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact]
    public async Task Client_CalledFromAnywhere_FindsTheFleetOfThatFolder()
    {
        await using var process = Fleet(["up", "--port", "0"]);
        await process.LineAsync("Fleet is ready at ", Build);

        await using var jobs = Fleet(["jobs"]);

        Assert.True(await jobs.ExitAsync() == 0, jobs.Told);
        Assert.Contains("text.stats", jobs.Told, StringComparison.Ordinal);
        await process.SignalAsync("INT");
        Assert.Equal(0, await process.ExitAsync());
    }

    [Theory]
    [InlineData(2, "--prot", "up", "--prot", "1")]
    [InlineData(2, "--prot", "worker", "--prot", "1")]
    [InlineData(2, "--slots", "api", "--slots", "1")]
    [InlineData(2, "--port", "notifier", "--port", "eighty")]
    [InlineData(2, "--redis", "worker", "--redis")]
    [InlineData(2, "--faster", "test", "--faster")]
    [InlineData(2, "NoSuchSuite", "test", "NoSuchSuite")]
    public async Task WrongUsage_IsOneLineOnStandardError(int code, string named, params string[] arguments)
    {
        await using var process = Fleet(arguments);

        Assert.Equal(code, await process.ExitAsync(Build));

        Assert.Empty(process.Output);
        // A build that was due says so.
        var line = Assert.Single(process.Errors, line => !line.StartsWith("Building", StringComparison.Ordinal));
        Assert.Contains(named, line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("runs")]
    [InlineData("worker")]
    public async Task NoDotnet_IsOneLineThatSaysWhatToInstall(string command)
    {
        await using var process = Fleet([command], Tools("bash", "dirname", "readlink", "cat"));

        Assert.Equal(1, await process.ExitAsync());

        var line = Assert.Single(process.Errors);
        Assert.Contains(".NET 10 SDK", line, StringComparison.Ordinal);
        Assert.Contains("https://dotnet.microsoft.com/download", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRedisAndNoPackageManager_IsOneLineThatSaysWhatToInstall()
    {
        await using var process = Fleet(["up"], Tools("bash", "dirname", "readlink", "cat", "dotnet"));

        Assert.Equal(1, await process.ExitAsync());

        var line = Assert.Single(process.Errors);
        Assert.Contains("redis-server is not installed", line, StringComparison.Ordinal);
        Assert.Contains("--redis", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoRedis_IsInstalledWithThePackageManager()
    {
        var tools = Tools("bash", "dirname", "readlink", "cat", "dotnet", "id", "mktemp", "env", "rm", "tail", "cp", "chmod");
        var calls = Path.Combine(_scratch.Folder, "calls");
        // Stands in for the package manager: writes down what it is told, and brings a redis-server.
        Executable(Path.Combine(tools.Value!, "apt-get"), $"echo \"$@\" >>{calls}; case \"$*\" in *redis-server*) cp {tools.Value}/cat {tools.Value}/redis-server ;; esac");
        Executable(Path.Combine(tools.Value!, "sudo"), $"echo sudo \"$@\" >>{calls}; while [ \"${{1#-}}\" != \"$1\" ]; do shift; done; exec \"$@\"");

        await using var process = Fleet(["up", "--prot"], tools);
        await process.ExitAsync(Build);

        var told = await File.ReadAllLinesAsync(calls);
        Assert.Contains(told, call => call.StartsWith("update", StringComparison.Ordinal));
        Assert.Contains(told, call => call.StartsWith("install -y", StringComparison.Ordinal) && call.EndsWith("redis-server", StringComparison.Ordinal));
        Assert.Contains(process.Errors, line => line.Contains("Installing it with:", StringComparison.Ordinal) && line.Contains("apt-get install", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServiceAlone_ThroughTheScript_ListensWhereItIsTold()
    {
        var address = $"127.0.0.1:{RedisServer.FreePort()}";
        await using var process = Fleet(["worker", "--redis", address, "--port", "0", "--slots=2"]);

        Assert.Equal(1, await process.ExitAsync(Build));

        Assert.Contains(process.Errors, line => line.Contains(address, StringComparison.Ordinal));
    }

    public void Dispose() => _scratch.Dispose();

    private StartedProcess Fleet(string[] arguments, params (string Name, string? Value)[] environment) =>
        StartedProcess.Start(Repository.PathOf("fleet"), arguments, _scratch.Folder, environment);

    /// <summary>A PATH with these tools and no others.</summary>
    private (string Name, string? Value) Tools(params string[] tools)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "tools")).FullName;
        foreach (var tool in tools)
        {
            var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(path => Path.Combine(path, tool)).First(File.Exists);
            File.CreateSymbolicLink(Path.Combine(folder, tool), found);
        }

        return ("PATH", folder);
    }

    private static void Executable(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

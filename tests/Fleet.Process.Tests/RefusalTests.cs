using System.Net;
using System.Net.Sockets;
using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>A start that cannot succeed says why in one line on standard error, exits with another code than 0, and leaves nothing behind.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Up_PortInUse_IsRefused()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        var line = await RefusedAsync(1, "--data", _scratch.Data, "--port", $"{port}");

        Assert.Contains($"127.0.0.1:{port}", line, StringComparison.Ordinal);
        Assert.Contains("--port", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_DataFolderThatCannotBeWritten_IsRefused()
    {
        var file = Path.Combine(_scratch.Folder, "file");
        await File.WriteAllTextAsync(file, "in the way");

        var line = await RefusedAsync(1, "--data", Path.Combine(file, "data"), "--port", "0");

        Assert.Contains("cannot be written", line, StringComparison.Ordinal);
        Assert.Contains("--data", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_RedisThatCannotBeReached_IsRefused()
    {
        var address = $"127.0.0.1:{RedisServer.FreePort()}";

        var line = await RefusedAsync(1, "--data", _scratch.Data, "--port", "0", "--redis", address);

        Assert.Contains(address, line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_scratch.Data, "redis", "appendonlydir")));
    }

    [Theory]
    [InlineData("--prot")]
    [InlineData("--port", "eighty")]
    [InlineData("--port", "65536")]
    [InlineData("--port")]
    [InlineData("--slots", "0")]
    [InlineData("--host", "not an address")]
    [InlineData("--verbose=yes")]
    [InlineData("everything")]
    public async Task Up_WrongUsage_IsRefusedWithTheOptionsName(params string[] arguments)
    {
        var line = await RefusedAsync(2, ["--data", _scratch.Data, .. arguments]);

        Assert.Contains(arguments[0], line, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.Data));
    }

    [Fact]
    public async Task Up_UnknownConfigurationKey_IsRefusedWithTheNearestOne()
    {
        var line = await RefusedAsync(1, "--data", _scratch.Data, "--port", "0", "--Fleet:Leese=00:00:10");

        Assert.Contains("Fleet:Lease", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_NoRedisServerInstalled_IsRefusedWithWhatToInstall()
    {
        var line = await RefusedAsync(1, [("PATH", _scratch.Folder)], "--data", _scratch.Data, "--port", "0");

        Assert.Contains("redis-server is not installed", line, StringComparison.Ordinal);
        Assert.Contains("apt-get install redis-server", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_RedisThatCannotReadItsData_IsRefusedWithItsLastWords()
    {
        await using (var fleet = await RunningFleet.StartAsync(_scratch.Data)) await fleet.StopAsync();
        var manifest = Directory.GetFiles(Path.Combine(_scratch.Data, "redis", "appendonlydir"), "*.manifest").Single();
        await File.WriteAllTextAsync(manifest, "nonsense\n");

        var line = await RefusedAsync(1, "--data", _scratch.Data, "--port", "0");

        Assert.Contains("redis-server does not start", line, StringComparison.Ordinal);
        Assert.Contains("redis.log", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_SecondOnTheSameData_IsRefusedAndTheFirstGoesOn()
    {
        await using var first = await RunningFleet.StartAsync(_scratch.Data);

        await using var second = StartedProcess.Start("dotnet", [RunningFleet.StandaloneProgram, "--data", _scratch.Data, "--port", "0"]);

        Assert.Equal(1, await second.ExitAsync());
        var line = Assert.Single(second.Errors);
        Assert.Contains("already runs on the data folder", line, StringComparison.Ordinal);
        Assert.Contains(first.Http.BaseAddress!.Authority, line, StringComparison.Ordinal);
        Assert.Equal("succeeded", (await first.EndAsync(await first.SubmitAsync("noop", new { }))).GetProperty("state").GetString());
        Assert.True(File.Exists(Path.Combine(_scratch.Data, "url")));
    }

    [Theory]
    [InlineData("api", "Fleet.Api")]
    [InlineData("worker", "Fleet.Worker")]
    [InlineData("notifier", "Fleet.Notifier")]
    public async Task ServiceAlone_RedisThatCannotBeReached_IsRefused(string service, string assembly)
    {
        var address = $"127.0.0.1:{RedisServer.FreePort()}";
        await using var process = StartedProcess.Start("dotnet", [Repository.Program(service, assembly), $"--Fleet:Redis={address}", "--urls=http://127.0.0.1:0"]);

        Assert.NotEqual(0, await process.ExitAsync());

        Assert.Contains(address, Assert.Single(process.Errors), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();

    private Task<string> RefusedAsync(int code, params string[] arguments) => RefusedAsync(code, [], arguments);

    private async Task<string> RefusedAsync(int code, (string, string?)[] environment, params string[] arguments)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet";
        await using var process = StartedProcess.Start(dotnet, [RunningFleet.StandaloneProgram, .. arguments], _scratch.Folder, environment);

        Assert.Equal(code, await process.ExitAsync());

        Assert.Empty(process.Output);
        Assert.Empty(_scratch.Processes);
        var line = Assert.Single(process.Errors);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        return line;
    }
}

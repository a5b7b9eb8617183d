using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fleet.Testing;

namespace Fleet.Api.Tests;

/// <summary>The service as a process of its own: what a start that fails says, and that a stop is one.</summary>
[Collection(SharedRedis.Name)]
public sealed class HostTests(RedisServer redis)
{
    [Fact]
    public async Task Start_PortInUse_SaysWhichAndExitsNonZero()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var line = await FailAsync("--urls", address, "--Fleet:Redis", redis.Address, "--Fleet:Prefix", RedisServer.NewPrefix());

        Assert.Equal($"Cannot listen on {address}: something else listens there already. Stop it, or choose another port (--port) or address (--urls).", line);
    }

    [Fact]
    public async Task Start_RedisUnreachable_SaysWhere()
    {
        var nobody = $"127.0.0.1:{RedisServer.FreePort()}";

        Assert.StartsWith($"Redis at {nobody} cannot be reached.", await FailAsync("--urls", "http://127.0.0.1:0", "--Fleet:Redis", nobody), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_InvalidOptions_TellsAllOfThem()
    {
        var line = await FailAsync("--Fleet:Redis", redis.Address, "--Fleet:Lease", "00:00:00", "--Fleet:Api:MaxWiat", "5", "--Fleet:Api:BatchBytes", "1");

        Assert.Contains("Fleet:Lease must be from", line, StringComparison.Ordinal);
        Assert.Contains("Did you mean Fleet:Api:MaxWait?", line, StringComparison.Ordinal);
        Assert.Contains("Fleet:Api:BatchBytes must be from", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ValueOfAnotherType_NamesIt() =>
        Assert.Contains("Fleet:Partitions", await FailAsync("--Fleet:Redis", redis.Address, "--Fleet:Partitions", "many"), StringComparison.Ordinal);

    [Fact]
    public async Task Start_AddressThatIsNone_SaysSo() =>
        Assert.Contains("nonsense", await FailAsync("--urls", "nonsense", "--Fleet:Redis", redis.Address, "--Fleet:Prefix", RedisServer.NewPrefix()), StringComparison.Ordinal);

    [Fact]
    public async Task Stop_Asked_ExitsWithZero()
    {
        var port = RedisServer.FreePort();
        using var process = Start("--urls", $"http://127.0.0.1:{port}", "--Fleet:Redis", redis.Address, "--Fleet:Prefix", RedisServer.NewPrefix());
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Eventually.IsTrueAsync(async () =>
            {
                try
                {
                    return (await client.GetAsync(new Uri("/readyz", UriKind.Relative))).IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            });

            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);

            Assert.Equal(0, process.ExitCode);
            Assert.Empty(await process.StandardError.ReadToEndAsync());
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    /// <summary>Starts the service, which must fail; returns the one line it said.</summary>
    private static async Task<string> FailAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(Eventually.Patience);

            Assert.Equal(1, process.ExitCode);
            Assert.DoesNotContain("   at ", await output, StringComparison.Ordinal);
            return Assert.Single((await error).TrimEnd().Split('\n'));
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [typeof(ApiOptions).Assembly.Location, .. arguments])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}

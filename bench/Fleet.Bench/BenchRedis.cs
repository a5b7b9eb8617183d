using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Fleet.Bench;

/// <summary>A redis-server for one measurement: its own process, its own data, the append-only file on or off.</summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly Process _process;
    private readonly ConnectionMultiplexer _connection;

    private BenchRedis(Process process, DirectoryInfo data, string address, ConnectionMultiplexer connection)
    {
        _process = process;
        _data = data;
        Address = address;
        _connection = connection;
    }

    public string Address { get; }

    public IDatabase Database => _connection.GetDatabase();

    public static async Task<BenchRedis> StartAsync(bool appendOnly)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        var data = Directory.CreateTempSubdirectory("fleet-bench-");
        var process = Process.Start(new ProcessStartInfo("redis-server")
        {
            ArgumentList =
            {
                "--port", $"{port}", "--bind", "127.0.0.1", "--dir", data.FullName, "--save", "",
                "--appendonly", appendOnly ? "yes" : "no", "--appendfsync", "everysec",
            },
            RedirectStandardOutput = true,
        })!;
        var address = $"127.0.0.1:{port}";
        for (var tries = 0; ; tries++)
        {
            try
            {
                return new BenchRedis(process, data, address, await ConnectionMultiplexer.ConnectAsync($"{address},allowAdmin=true"));
            }
            catch (RedisConnectionException) when (tries < 20)
            {
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }

    /// <summary>CPU time the server has used, in seconds.</summary>
    public async Task<double> CpuAsync()
    {
        var info = await InfoAsync("cpu");
        return Seconds(info["used_cpu_user"]) + Seconds(info["used_cpu_sys"]);
    }

    /// <summary>Bytes of memory that hold data.</summary>
    public async Task<long> MemoryAsync() => long.Parse((await InfoAsync("memory"))["used_memory_dataset"], CultureInfo.InvariantCulture);

    /// <summary>Calls and microseconds of each command since the counters were last reset.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CommandStatsAsync() => await InfoAsync("commandstats");

    public async Task ResetStatsAsync() => await Database.ExecuteAsync("CONFIG", "RESETSTAT");

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private async Task<Dictionary<string, string>> InfoAsync(string section)
    {
        var text = (string)(await Database.ExecuteAsync("INFO", section))!;
        return text.Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}

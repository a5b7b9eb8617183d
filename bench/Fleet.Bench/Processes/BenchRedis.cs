using System.Diagnostics;
using System.Globalization;
using System.Net;
using Fleet.Bench.Measuring;
using StackExchange.Redis;

namespace Fleet.Bench.Processes;

/// <summary>
/// The Redis of one measurement: processes and data of its own, set as <c>docker-compose.yml</c> and the other deployments set theirs, the
/// append-only file on (<c>everysec</c>) or off. One server, or a cluster of several.
/// </summary>
internal sealed class BenchRedis : IAsyncDisposable
{
    /// <summary>The settings of <c>docker-compose.yml</c>, without the password and <c>--appendonly</c>.</summary>
    internal static readonly IReadOnlyList<string> Settings =
    [
        "--save", "", "--appendfsync", "everysec", "--auto-aof-rewrite-min-size", "512mb", "--maxmemory-policy", "noeviction",
        "--hash-max-listpack-entries", "256", "--hash-max-listpack-value", "512",
    ];

    private const int Slots = 16384;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<Server> _servers;
    private readonly ConnectionMultiplexer _connection;

    private BenchRedis(IReadOnlyList<Server> servers, ConnectionMultiplexer connection)
    {
        _servers = servers;
        _connection = connection;
    }

    /// <summary>What clients are given as <c>Fleet:Redis</c>.</summary>
    public string Address => string.Join(',', _servers.Select(server => server.Address));

    /// <summary>Where the first server listens.</summary>
    public IPEndPoint EndPoint => _servers[0].EndPoint;

    public IDatabase Database => _connection.GetDatabase();

    public ISubscriber Subscriber => _connection.GetSubscriber();

    public static async Task<BenchRedis> StartAsync(bool appendOnly, int servers = 1)
    {
        var started = new List<Server>();
        try
        {
            for (var i = 0; i < servers; i++) started.Add(Server.Start(appendOnly, cluster: servers > 1));
            foreach (var server in started) await server.WaitUntilReadyAsync(StartTimeout);
            if (servers > 1) await JoinAsync(started);
            var address = string.Join(',', started.Select(server => server.Address));
            // What a measurement waits for is bounded by the measurement; a full machine must not make a long reply an error.
            const string ClientSettings = "allowAdmin=true,asyncTimeout=60000,syncTimeout=60000";
            return new BenchRedis(started, await ConnectionMultiplexer.ConnectAsync($"{address},{ClientSettings}"));
        }
        catch
        {
            foreach (var server in started) await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>CPU time that the servers have used, all threads and children of theirs included.</summary>
    public async Task<TimeSpan> CpuAsync() => (await InfoAsync("cpu")).Aggregate(TimeSpan.Zero, (sum, info) => sum + RedisInfo.Cpu(info));

    /// <summary>Bytes of memory that hold data.</summary>
    public async Task<long> MemoryAsync() => (await InfoAsync("memory")).Sum(info => RedisInfo.Number(info, "used_memory_dataset"));

    /// <summary>Calls and microseconds of each command since the counters were last reset. Of the first server, where there are several.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CommandStatsAsync() => RedisInfo.CommandStats((await InfoAsync("commandstats"))[0]);

    /// <summary>Has append-only files written anew, and returns when that is done: what is measured next does not pay for what came before it.</summary>
    public async Task RewriteFilesAsync(TimeSpan longest)
    {
        foreach (var server in _connection.GetServers())
        {
            if (!await IsAsync(server, "aof_enabled")) continue;
            await BenchFleet.UntilAsync(async () => !await IsAsync(server, "aof_rewrite_in_progress"), longest);
            await server.ExecuteAsync("BGREWRITEAOF");
            await BenchFleet.UntilAsync(async () => !await IsAsync(server, "aof_rewrite_in_progress"), longest);
        }

        static async Task<bool> IsAsync(IServer server, string field) => RedisInfo.Number(await InfoAsync(server, "persistence"), field) == 1;
    }

    public async Task ResetStatsAsync()
    {
        foreach (var server in _connection.GetServers()) await server.ExecuteAsync("CONFIG", "RESETSTAT");
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        foreach (var server in _servers) await server.DisposeAsync();
    }

    private async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> InfoAsync(string section) =>
        await Task.WhenAll(_connection.GetServers().Select(server => InfoAsync(server, section)));

    private static async Task<IReadOnlyDictionary<string, string>> InfoAsync(IServer server, string section) =>
        RedisInfo.Parse((string)(await server.ExecuteAsync("INFO", section))!);

    /// <summary>Makes a cluster of servers that know nothing of each other yet, with the slots in equal parts.</summary>
    private static async Task JoinAsync(IReadOnlyList<Server> servers)
    {
        for (var i = 0; i < servers.Count; i++)
        {
            await servers[i].CliAsync("CLUSTER", "ADDSLOTSRANGE", Text(Slots * i / servers.Count), Text(Slots * (i + 1) / servers.Count - 1));
            // Servers that begin with the same epoch would first have to settle whose slots count.
            await servers[i].CliAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1));
        }

        foreach (var server in servers.Skip(1))
            await server.CliAsync("CLUSTER", "MEET", "127.0.0.1", Text(servers[0].EndPoint.Port), Text(servers[0].BusPort));
        foreach (var server in servers) await BenchFleet.UntilAsync(() => KnowsAllAsync(server), StartTimeout);

        async Task<bool> KnowsAllAsync(Server server)
        {
            var info = RedisInfo.Parse(await server.CliAsync("CLUSTER", "INFO"));
            return info["cluster_state"] == "ok" && RedisInfo.Number(info, "cluster_known_nodes") == servers.Count;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One redis-server.</summary>
    private sealed class Server(Process process, DirectoryInfo data, IPEndPoint endPoint, int busPort) : IAsyncDisposable
    {
        public IPEndPoint EndPoint => endPoint;

        /// <summary>Where the other servers of a cluster speak to it.</summary>
        public int BusPort => busPort;

        public string Address => endPoint.ToString();

        public static Server Start(bool appendOnly, bool cluster)
        {
            var port = FreePort.Find();
            var busPort = FreePort.Find();
            var data = Directory.CreateTempSubdirectory("fleet-bench-");
            var info = new ProcessStartInfo("redis-server",
            [
                "--port", Text(port), "--bind", "127.0.0.1", "--dir", data.FullName, "--appendonly", appendOnly ? "yes" : "no", .. Settings,
            ])
            {
                RedirectStandardOutput = true,
            };
            if (cluster)
            {
                foreach (var argument in new[] { "--cluster-enabled", "yes", "--cluster-port", Text(busPort) }) info.ArgumentList.Add(argument);
            }

            var process = Process.Start(info)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            return new Server(process, data, new IPEndPoint(IPAddress.Loopback, port), busPort);
        }

        public async Task WaitUntilReadyAsync(TimeSpan longest)
        {
            await BenchFleet.UntilAsync(async () =>
            {
                if (process.HasExited) throw new MeasurementException($"redis-server ended with code {process.ExitCode} instead of listening on {Address}.");
                return (await CliAsync("PING")).StartsWith("PONG", StringComparison.Ordinal);
            }, longest);
        }

        /// <summary>Runs a command as redis-cli does, before there is a connection.</summary>
        public async Task<string> CliAsync(params string[] command)
        {
            using var cli = Process.Start(new ProcessStartInfo("redis-cli", ["-p", Text(endPoint.Port), .. command])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var output = await cli.StandardOutput.ReadToEndAsync();
            await cli.WaitForExitAsync();
            return output;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            data.Delete(recursive: true);
        }
    }
}

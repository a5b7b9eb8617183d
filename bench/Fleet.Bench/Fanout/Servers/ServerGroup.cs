using System.Globalization;
using System.Reflection;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Fanout.Servers;

/// <summary>The servers of one measurement and the Redis behind them.</summary>
internal sealed class ServerGroup : IAsyncDisposable
{
    private static readonly string Here = typeof(ServerGroup).Assembly.Location;

    private readonly List<ServerProcess> _servers = [];

    private ServerGroup(BenchRedis redis, Dialect dialect)
    {
        Redis = redis;
        Dialect = dialect;
    }

    public BenchRedis Redis { get; }

    /// <summary>What is spoken to them.</summary>
    public Dialect Dialect { get; }

    public IReadOnlyList<ServerProcess> Servers => _servers;

    /// <summary>CPU time of all of them, in seconds; Redis's is not among it.</summary>
    public double Cpu => _servers.Sum(server => server.Cpu);

    /// <summary>Bytes of memory that they occupy.</summary>
    public long Memory => _servers.Sum(server => server.Memory);

    /// <summary>Servers with a hub that does nothing but publish to a group.</summary>
    public static Task<ServerGroup> StartHubsAsync(Contender contender, int count, CancellationToken cancellation) => contender switch
    {
        Contender.Plain => StartAsync(new SignalRDialect(HubServer.Path), 1, Dotnet,
            (_, port) => [Here, .. HubServer.Arguments(port, null)], cancellation),
        Contender.Fleet => StartAsync(new SignalRDialect(HubServer.Path), count, Dotnet,
            (redis, port) => [Here, .. HubServer.Arguments(port, redis)], cancellation),
        _ => StartAsync(new SocketIoDialect(), count, "node",
            (redis, port) => [Path.Combine(Repository, "bench", "peers", "socketio", "server.mjs"), Text(port), redis], cancellation),
    };

    /// <summary>Notifiers, as they are deployed.</summary>
    public static Task<ServerGroup> StartNotifiersAsync(int count, CancellationToken cancellation) =>
        StartAsync(new SignalRDialect("/hubs/runs"), count, Dotnet, (redis, port) => Service("notifier", "Fleet.Notifier", redis, port), cancellation);

    /// <summary>Starts one of Fleet's services besides them.</summary>
    public async Task<ServerProcess> StartServiceAsync(string name, string assembly, CancellationToken cancellation)
    {
        var service = await ServerProcess.StartAsync(Dotnet, port => Service(name, assembly, Redis.Address, port), cancellation);
        _servers.Add(service);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        await Redis.DisposeAsync();
    }

    /// <summary>Where the repository is that this was built from.</summary>
    public static string Repository => Metadata("Repository");

    private static string Dotnet => Environment.ProcessPath!;

    private static async Task<ServerGroup> StartAsync(
        Dialect dialect, int count, string program, Func<string, int, IEnumerable<string>> arguments, CancellationToken cancellation)
    {
        var group = new ServerGroup(await BenchRedis.StartAsync(appendOnly: false), dialect);
        try
        {
            for (var i = 0; i < count; i++)
                group._servers.Add(await ServerProcess.StartAsync(program, port => arguments(group.Redis.Address, port), cancellation));
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    private static IEnumerable<string> Service(string folder, string assembly, string redis, int port)
    {
        var output = Path.Combine(Repository, "services", folder, "bin", Metadata("Configuration"), "net10.0");
        return
        [
            Path.Combine(output, assembly + ".dll"), $"--contentRoot={output}", $"--urls=http://127.0.0.1:{Text(port)}",
            $"--Fleet:Redis={redis}", "--Logging:LogLevel:Default=Warning",
        ];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Metadata(string key) =>
        typeof(ServerGroup).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(attribute => attribute.Key == key).Value!;
}

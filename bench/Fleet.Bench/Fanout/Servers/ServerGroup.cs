using System.Globalization;
using Fleet.Bench.Fanout.Wire;
using Fleet.Bench.Processes;

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
        Contender.Plain => StartAsync(new SignalRDialect(HubCommand.Path), 1, Dotnet,
            (_, port) => [Here, .. HubCommand.Arguments(port, null)], cancellation),
        Contender.Fleet => StartAsync(new SignalRDialect(HubCommand.Path), count, Dotnet,
            (redis, port) => [Here, .. HubCommand.Arguments(port, redis)], cancellation),
        _ => StartAsync(new SocketIoDialect(), count, "node",
            (redis, port) => [Path.Combine(BenchProgram.Repository, "bench", "peers", "socketio", "server.mjs"), Text(port), redis], cancellation),
    };

    /// <summary>Notifiers, as they are deployed.</summary>
    public static Task<ServerGroup> StartNotifiersAsync(int count, CancellationToken cancellation) =>
        StartAsync(new SignalRDialect("/hubs/runs"), count, Dotnet, (redis, port) => Service("notifier", "Fleet.Notifier", redis, port), cancellation, appendOnly: true);

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

    private static string Dotnet => Environment.ProcessPath!;

    private static async Task<ServerGroup> StartAsync(
        Dialect dialect, int count, string program, Func<string, int, IEnumerable<string>> arguments, CancellationToken cancellation,
        bool appendOnly = false)
    {
        var group = new ServerGroup(await BenchRedis.StartAsync(appendOnly), dialect);
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
        var dll = BenchProgram.Service(folder, assembly);
        return
        [
            dll, $"--contentRoot={Path.GetDirectoryName(dll)}", $"--urls=http://127.0.0.1:{Text(port)}",
            $"--Fleet:Redis={redis}", "--Logging:LogLevel:Default=Warning",
        ];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

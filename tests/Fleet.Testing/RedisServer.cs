using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Testing;

/// <summary>A redis-server of the tests' own on a free loopback port, or the one that FLEET_TEST_REDIS ("host:port") names.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("fleet-test-redis-");
    private readonly bool _own;
    private readonly string[] _settings;
    private Process? _process;

    /// <summary>A server that tests share.</summary>
    public RedisServer() : this(own: false)
    {
    }

    private RedisServer(bool own, params string[] settings) => (_own, _settings) = (own, settings);

    /// <summary>Where it listens, "host:port".</summary>
    public string Address { get; private set; } = "";

    /// <summary>A server that is never the one FLEET_TEST_REDIS names, for a test that ends and restarts it: it keeps all that it answered.</summary>
    /// <param name="settings">More of its command line, such as <c>--maxmemory 20mb</c> in two parts.</param>
    public static RedisServer OfItsOwn(params string[] settings) => new(own: true, settings);

    /// <summary>A prefix that nobody else uses, so that tests share a server without meeting.</summary>
    public static string NewPrefix() => $"t{Guid.NewGuid():N}"[..17];

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (!_own && Environment.GetEnvironmentVariable("FLEET_TEST_REDIS") is { Length: > 0 } given)
        {
            Address = given;
            return;
        }

        var port = FreePort();
        Address = $"127.0.0.1:{port}";
        Start(port);
        await WaitUntilReadyAsync(port);
    }

    /// <summary>Ends the server at once, as a crash does. Only for a server of the tests' own.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Stops it where it is: it keeps its connections, takes what is sent and answers nothing.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    /// <summary>Starts it again on the same port, with the data it had written.</summary>
    /// <exception cref="InvalidOperationException">It is not a server of a test's own, whose file has all that it answered.</exception>
    public async Task RestartAsync()
    {
        if (!_own) throw new InvalidOperationException($"A server that is restarted has to come from {nameof(OfItsOwn)}.");
        var port = int.Parse(Address.AsSpan(Address.IndexOf(':') + 1), provider: null);
        Start(port);
        await WaitUntilReadyAsync(port);
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        _data.Delete(recursive: true);
    }

    /// <summary>A loopback port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Start(int port) => _process = Process.Start(new ProcessStartInfo("redis-server",
    [
        "--port", $"{port}", "--bind", "127.0.0.1", "--dir", _data.FullName,
        // With everysec, Redis puts off writing to its file while the disk is slow, and a kill loses what it had answered by then.
        "--appendonly", "yes", "--appendfsync", _own ? "always" : "everysec", "--save", "", .. _settings,
    ])
    {
        RedirectStandardOutput = true,
    });

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private static async Task WaitUntilReadyAsync(int port)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await AnswersAsync(port, timeout.Token)) await Task.Delay(20, timeout.Token);
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), cancellation);
            var answer = new byte[5];
            return await client.GetStream().ReadAtLeastAsync(answer, 5, throwOnEndOfStream: false, cancellation) == 5 && answer[1] == (byte)'P';
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

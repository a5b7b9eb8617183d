using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fleet.Redis.Transport.Tests.Redis;

/// <summary>A redis-server of the test's own, on a free port.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private const int PortsToTry = 5;

    private readonly Process _process;

    private RedisServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<RedisServer> StartAsync(string portOption = "--port", params string[] arguments)
    {
        for (var tried = 1; ; tried++)
        {
            // Someone else may take the port before the server does.
            var server = await TryStartAsync(FreePort(), portOption, arguments);
            if (server is not null) return server;
            if (tried == PortsToTry) throw new InvalidOperationException("redis-server does not start; is it installed?");
        }
    }

    public async Task<RedisServer> RestartAsync() =>
        await TryStartAsync(Port, "--port", []) ?? throw new InvalidOperationException("redis-server does not start again.");

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().Soon();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private static async Task<RedisServer?> TryStartAsync(int port, string portOption, string[] arguments)
    {
        var ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new("redis-server", [portOption, $"{port}", "--save", "", "--appendonly", "no", "--bind", "127.0.0.1", .. arguments])
            {
                RedirectStandardOutput = true,
                WorkingDirectory = Path.GetTempPath(),
            },
            EnableRaisingEvents = true,
        };
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Ready to accept connections", StringComparison.Ordinal) == true) ready.TrySetResult(true);
        };
        process.Exited += (_, _) => ready.TrySetResult(false);
        process.Start();
        process.BeginOutputReadLine();
        if (await ready.Task.Soon()) return new(process, port);
        process.Dispose();
        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

using Fleet.Testing;

namespace Fleet.SignalR.Tests;

/// <summary>A server of the <see cref="ProbeHub"/> in a process of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly StartedProcess _process;
    private readonly Uri _url;

    private ServerProcess(StartedProcess process, Uri url) => (_process, _url) = (process, url);

    public static async Task<ServerProcess> StartAsync(string redis, string prefix)
    {
        var process = StartedProcess.Start("dotnet", [typeof(Program).Assembly.Location, redis, prefix]);
        return new ServerProcess(process, new Uri(await process.LineAsync("http://")));
    }

    public Task<HubProbe> ConnectAsync() => HubProbe.ConnectAsync(_url);

    /// <summary>Ends it between two instructions.</summary>
    public async Task KillAsync()
    {
        await _process.SignalAsync("KILL");
        await _process.ExitAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}

using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>Notifier replicas as processes of their own, each on a port that it keeps over restarts.</summary>
internal sealed class NotifierProcesses(RedisServer redis, string prefix) : IAsyncDisposable
{
    private readonly List<Uri> _urls = [];
    private readonly List<StartedProcess?> _processes = [];

    /// <summary>Their hubs.</summary>
    public IReadOnlyList<Uri> Hubs => [.. _urls.Select(url => new Uri(url, "hubs/runs"))];

    public int Count => _urls.Count;

    /// <summary>Whether a replica runs.</summary>
    public bool IsUp(int index) => _processes[index] is not null;

    /// <summary>Starts one more.</summary>
    public void Add()
    {
        _urls.Add(new Uri($"http://127.0.0.1:{RedisServer.FreePort()}/"));
        _processes.Add(null);
        Start(_urls.Count - 1);
    }

    /// <summary>Starts one again.</summary>
    public void Start(int index) => _processes[index] = StartedProcess.Start("dotnet",
    [
        Repository.Program("notifier", "Fleet.Notifier"), $"--urls={_urls[index]}", $"--Fleet:Redis={redis.Address}", $"--Fleet:Prefix={prefix}",
        "--Fleet:Notifier:DrainTime=00:00:01",
    ]);

    /// <summary>Ends one with a signal, and waits for its end.</summary>
    public async Task EndAsync(int index, string signal)
    {
        var process = _processes[index]!;
        await process.SignalAsync(signal);
        await process.ExitAsync();
        await process.DisposeAsync();
        _processes[index] = null;
    }

    /// <summary>Waits until all that run are ready. One that met a restart of Redis as it started has said so and ended, and is started again.</summary>
    public async Task ReadyAsync()
    {
        using var http = new HttpClient();
        for (var i = 0; i < Count; i++)
        {
            if (!IsUp(i)) continue;
            var url = new Uri(_urls[i], "readyz");
            await Until.TrueAsync(async () =>
            {
                if (_processes[i]!.HasExited)
                {
                    Assert.Contains("Redis", _processes[i]!.Told, StringComparison.Ordinal);
                    await _processes[i]!.DisposeAsync();
                    Start(i);
                }

                try
                {
                    using var answer = await http.GetAsync(url);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            }, $"{url} is ready", TimeSpan.FromSeconds(60));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.OfType<StartedProcess>()) await process.DisposeAsync();
    }
}

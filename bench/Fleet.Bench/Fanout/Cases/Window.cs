using System.Diagnostics;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>What is used and what arrives between two moments.</summary>
internal sealed class Window : IAsyncDisposable
{
    private static readonly TimeSpan MemoryInterval = TimeSpan.FromMilliseconds(500);

    private readonly ServerGroup _servers;
    private readonly Crowd _crowd;
    private readonly CancellationTokenSource _closed = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly double _cpu;
    private readonly double _ownCpu;
    private readonly long _memory;
    private readonly Task<long> _mostMemory;
    private TimeSpan _redisCpu;

    private Window(ServerGroup servers, Crowd crowd)
    {
        _servers = servers;
        _crowd = crowd;
        _cpu = servers.Cpu;
        _ownCpu = Environment.CpuUsage.TotalTime.TotalSeconds;
        _memory = servers.Memory;
        _mostMemory = WatchMemoryAsync();
    }

    /// <summary>Begins to count. Nothing may be under way.</summary>
    public static async Task<Window> OpenAsync(ServerGroup servers, Crowd crowd)
    {
        await servers.Redis.ResetStatsAsync();
        var redisCpu = await servers.Redis.CpuAsync();
        crowd.Loop.Reset();
        return new Window(servers, crowd) { _redisCpu = redisCpu };
    }

    /// <summary>Ends it. Everything has arrived, or will not any more.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="system">Whose servers.</param>
    /// <param name="load">What was published.</param>
    /// <param name="published">How many were published in this window, and how long that took.</param>
    /// <param name="reckoning">What went wrong.</param>
    public async Task<FanoutRow> CloseAsync(string name, Contender system, (double Rate, int Size) load, (long Count, TimeSpan Took) published,
        Reckoning reckoning)
    {
        var cpu = _servers.Cpu - _cpu;
        var ownCpu = Environment.CpuUsage.TotalTime.TotalSeconds - _ownCpu;
        var elapsed = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        var redisCpu = await _servers.Redis.CpuAsync() - _redisCpu;
        var commands = await RedisCommands.EachAsync(_servers.Redis, published.Count);
        await _closed.CancelAsync();
        var mostMemory = await _mostMemory;

        var stats = _crowd.Loop.Stats;
        var until = stats.Deliveries > 0 ? Stopwatch.GetElapsedTime(_start, stats.LastArrival).TotalSeconds : elapsed;
        return new FanoutRow
        {
            Case = name,
            System = system,
            Clients = _crowd.Members.Count,
            Servers = _servers.Servers.Count,
            Rate = load.Rate,
            Size = load.Size,
            PublishedPerSecond = published.Count / published.Took.TotalSeconds,
            Deliveries = stats.Deliveries,
            DeliveriesPerSecond = stats.Deliveries / until,
            P50 = stats.Latency.Percentile(0.5),
            P99 = stats.Latency.Percentile(0.99),
            Max = stats.Latency.Max / 1000.0,
            ServerMicroseconds = cpu * 1e6 / Math.Max(stats.Deliveries, 1),
            RedisMicroseconds = redisCpu.TotalMicroseconds / Math.Max(published.Count, 1),
            RedisCommands = commands.Values.Sum(),
            RedisCommandsByName = commands,
            LoadCores = ownCpu / elapsed,
            MemoryGrowth = mostMemory - _memory,
            Reckoning = reckoning,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _mostMemory;
        _closed.Dispose();
    }

    private async Task<long> WatchMemoryAsync()
    {
        var most = _memory;
        using var timer = new PeriodicTimer(MemoryInterval);
        try
        {
            while (await timer.WaitForNextTickAsync(_closed.Token)) most = Math.Max(most, _servers.Memory);
        }
        catch (OperationCanceledException)
        {
            // The window is closed.
        }

        return Math.Max(most, _servers.Memory);
    }
}

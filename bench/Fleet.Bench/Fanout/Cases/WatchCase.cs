using System.Diagnostics;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;
using Fleet.Bench.Processes;
using Microsoft.Extensions.Hosting;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>Every client watches a run of its own, on real notifiers; the events go through the engine, as a worker's do.</summary>
internal sealed class WatchCase : IAsyncDisposable
{
    private readonly ServerGroup _servers;
    private readonly IHost _engine;
    private readonly Crowd _crowd;
    private readonly RunPublisher _publisher;
    private readonly int _size;
    private readonly double _memoryPerConnection;

    private WatchCase(ServerGroup servers, IHost engine, Crowd crowd, RunPublisher publisher, int size, double memoryPerConnection)
    {
        _servers = servers;
        _engine = engine;
        _crowd = crowd;
        _publisher = publisher;
        _size = size;
        _memoryPerConnection = memoryPerConnection;
    }

    /// <summary>Starts notifiers and as many runs as clients, and lets each watch its own.</summary>
    public static async Task<WatchCase> StartAsync(int clients, int servers, int size, CancellationToken cancellation)
    {
        var group = await ServerGroup.StartNotifiersAsync(servers, cancellation);
        IHost? engine = null;
        RunPublisher? publisher = null;
        try
        {
            engine = await BenchEngine.StartAsync(group.Redis);
            var runs = publisher = await RunPublisher.StartAsync(engine, clients, size);
            var empty = group.Memory;
            var crowd = await Crowd.GatherAsync(group, clients,
                i => group.Dialect.Call("WatchRun", $"\"{runs.Id(i)}\"", 1), runs.Times, cancellation);
            for (var i = 0; i < clients; i++) runs.Begin(i, crowd.Members[i].Ledger.Newest);
            return new WatchCase(group, engine, crowd, runs, size, (double)(group.Memory - empty) / clients);
        }
        catch
        {
            publisher?.Dispose();
            if (engine is not null) await StopAsync(engine);
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a connection broke, so that nothing more can be measured.</summary>
    public bool IsBroken => _crowd.Members.Any(member => member.Fault is not null);

    /// <summary>Publishes without counting, until the servers have compiled what they run.</summary>
    public async Task WarmUpAsync(double rate, TimeSpan lasts, CancellationToken cancellation)
    {
        _crowd.Loop.Reset();
        await _crowd.SettleAsync(await _publisher.RunAsync(rate, lasts, cancellation), cancellation);
    }

    /// <summary>Publishes for a while and waits until everything has arrived.</summary>
    public async Task<FanoutRow> MeasureAsync(string name, double rate, TimeSpan lasts, CancellationToken cancellation)
    {
        var before = Reckon();
        await using var window = await Window.OpenAsync(_servers, _crowd);
        var begun = Stopwatch.GetTimestamp();
        var published = await _publisher.RunAsync(rate, lasts, cancellation);
        var took = Stopwatch.GetElapsedTime(begun);
        await _crowd.SettleAsync(published, cancellation);
        var row = await window.CloseAsync(name, Contender.Fleet, (rate, _size), (published, took), Reckon().Since(before));
        return row with { MemoryPerConnection = _memoryPerConnection };
    }

    public async ValueTask DisposeAsync()
    {
        _crowd.Dispose();
        _publisher.Dispose();
        await StopAsync(_engine);
        await _servers.DisposeAsync();
    }

    private Reckoning Reckon() => Reckoning.Of(_crowd, _publisher.Published, _publisher.Refused);

    private static async Task StopAsync(IHost engine)
    {
        await engine.StopAsync(CancellationToken.None);
        engine.Dispose();
    }
}

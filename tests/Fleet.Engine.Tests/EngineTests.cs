using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Tests of one subject: they share a Redis, and each has engines on a prefix of its own.</summary>
public abstract class EngineTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly List<Engine> _engines = [];

    internal RedisServer Server { get; } = server;

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var engine in _engines) await engine.DisposeAsync();
    }

    internal async Task<Engine> StartAsync(
        int partitions = 1, string? prefix = null, Action<FleetOptions>? bend = null, bool sweeps = false, TimeProvider? time = null)
    {
        var engine = await Engine.StartAsync(Server, partitions, prefix, bend, sweeps, time);
        _engines.Add(engine);
        return engine;
    }
}

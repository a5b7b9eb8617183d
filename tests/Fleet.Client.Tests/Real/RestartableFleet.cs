using Fleet.Testing;

namespace Fleet.RealFleet;

/// <summary>A fleet over a Redis that a test may end and start again.</summary>
internal sealed class RestartableFleet : IAsyncDisposable
{
    public RestartableFleet() => Fleet = new RunningFleet(Redis);

    public RedisServer Redis { get; } = RedisServer.OfItsOwn();

    public RunningFleet Fleet { get; }

    public Task StartAsync() => Fleet.InitializeAsync();

    public async ValueTask DisposeAsync() => await Fleet.DisposeAsync();
}

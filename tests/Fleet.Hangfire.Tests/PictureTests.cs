using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>Tests with processes that keep pictures, each fleet on a prefix of its own.</summary>
public abstract class PictureTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly List<FleetWithPicture> _fleets = [];

    internal RedisServer Server { get; } = server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var fleet in _fleets) await fleet.DisposeAsync();
    }

    internal async Task<FleetWithPicture> StartAsync(Dictionary<string, string?>? settings = null, Action<FleetWithPicture>? prepare = null)
    {
        var fleet = await FleetWithPicture.StartAsync(Server, settings, prepare);
        _fleets.Add(fleet);
        return fleet;
    }

    /// <summary>Another process of the same deployment.</summary>
    internal Task<FleetWithPicture> StartAnotherAsync(
        FleetWithPicture fleet, Dictionary<string, string?>? settings = null, Action<FleetWithPicture>? prepare = null) =>
        StartAsync(new Dictionary<string, string?>(settings ?? []) { ["Fleet:Prefix"] = fleet.Prefix }, prepare);
}

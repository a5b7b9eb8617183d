using Fleet.Testing;

namespace Fleet.SignalR.Tests;

/// <summary>Two servers of a hub over a Redis that tests share, each test with channels of its own.</summary>
public abstract class BackplaneTest(RedisServer redis) : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _made = [];

    private protected string Prefix { get; } = RedisServer.NewPrefix();

    private protected HubServer First { get; private set; } = null!;

    private protected HubServer Second { get; private set; } = null!;

    private protected RedisServer Redis { get; } = redis;

    public virtual async Task InitializeAsync()
    {
        First = await StartAsync();
        Second = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var made in Enumerable.Reverse(_made)) await made.DisposeAsync();
    }

    private protected async Task<HubServer> StartAsync(Action<BackplaneOptions>? configure = null) =>
        Keep(await HubServer.StartAsync(Redis.Address, Prefix, configure));

    private protected async Task<HubProbe> ConnectAsync(HubServer server, string? user = null) => Keep(await server.ConnectAsync(user));

    private protected T Keep<T>(T made) where T : IAsyncDisposable
    {
        _made.Add(made);
        return made;
    }
}

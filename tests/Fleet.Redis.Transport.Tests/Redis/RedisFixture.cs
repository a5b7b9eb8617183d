using StackExchange.Redis;

namespace Fleet.Redis.Transport.Tests.Redis;

/// <summary>A client of a redis-server: of the one that FLEET_TEST_REDIS ("host:port") names, or of one started for the tests.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;

    public ConnectionMultiplexer Client { get; private set; } = null!;

    public static ConfigurationOptions Options(string endPoint) => new()
    {
        EndPoints = { endPoint },
        AbortOnConnectFail = false,
        ConnectTimeout = 10_000,
        SyncTimeout = 30_000,
        AsyncTimeout = 30_000,
    };

    public async Task InitializeAsync()
    {
        var endPoint = Environment.GetEnvironmentVariable("FLEET_TEST_REDIS");
        if (string.IsNullOrEmpty(endPoint))
        {
            _server = await RedisServer.StartAsync();
            endPoint = $"127.0.0.1:{_server.Port}";
        }
        Client = await ConnectionMultiplexer.ConnectAsync(Options(endPoint)).Soon();
    }

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }
}

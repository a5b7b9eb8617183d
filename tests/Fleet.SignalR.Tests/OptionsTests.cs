using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>How the backplane is added and what it is told.</summary>
public class OptionsTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var options = new BackplaneOptions();

        Assert.Equal("fleet:hub", options.ChannelPrefix);
        Assert.Equal(1024 * 1024, options.MaxPendingBytes);
        Assert.Equal(10_000, options.MaxPendingMessages);
        Assert.Equal(MissedMessages.Disconnect, options.WhenOverflowing);
        Assert.Equal(MissedMessages.Ignore, options.WhenInterrupted);
        Assert.Equal("Resync", options.ResyncMethod);
        Assert.Empty(options.ResyncArguments);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.RedisTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), options.AckTimeout);
        Assert.Equal(TimeSpan.FromSeconds(6), options.ServerTimeout);
    }

    public static TheoryData<Action<BackplaneOptions>, string> Refused => new()
    {
        { options => options.ChannelPrefix = "", "ChannelPrefix" },
        { options => options.MaxPendingBytes = 0, "MaxPendingBytes" },
        { options => options.MaxPendingMessages = 0, "MaxPendingMessages" },
        { options => options.WhenOverflowing = MissedMessages.Ignore, "WhenOverflowing must be Resynchronise or Disconnect" },
        { options => options.WhenInterrupted = (MissedMessages)7, "WhenInterrupted must be" },
        { options => options.ResyncMethod = "", "ResyncMethod" },
        { options => options.RedisTimeout = TimeSpan.Zero, "RedisTimeout" },
        { options => options.AckTimeout = TimeSpan.Zero, "AckTimeout" },
        { options => options.ServerTimeout = TimeSpan.Zero, "ServerTimeout" },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public async Task Options_ThatMakeNoSense_KeepTheHostFromStarting(Action<BackplaneOptions> change, string word)
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => HubServer.StartAsync(redis.Address, RedisServer.NewPrefix(), change));

        Assert.Contains(word, fault.Message);
    }

    [Fact]
    public async Task AddFleetBackplane_WithAFactoryThatFailsAtFirst_TriesAgain()
    {
        var tries = 0;
        var prefix = RedisServer.NewPrefix();
        await using var server = await HubServer.StartAsync(signalR => signalR.AddFleetBackplane(
            async (_, _) => ++tries < 3 ? throw new InvalidOperationException("not yet") : await ConnectionMultiplexer.ConnectAsync(redis.Address),
            (options, _) => (options.ChannelPrefix, options.RedisTimeout) = (prefix, TimeSpan.FromSeconds(30))));
        await using var client = await server.ConnectAsync();

        await server.Clients.All.SendAsync("Say", "hello");

        Assert.Equal("hello", await client.NextAsync());
        Assert.Equal(3, tries);
    }

    [Fact]
    public async Task AddFleetBackplane_ForOneHub_LeavesTheOthersAsTheyAre()
    {
        await using var shared = await ConnectionMultiplexer.ConnectAsync(redis.Address);
        await using var server = await HubServer.StartAsync(signalR => signalR.AddFleetBackplane<ProbeHub>((_, _) => Task.FromResult<IConnectionMultiplexer>(shared)));

        Assert.IsType<BackplaneHubLifetimeManager<ProbeHub>>(server.Services.GetRequiredService<HubLifetimeManager<ProbeHub>>());
        Assert.IsType<DefaultHubLifetimeManager<OtherHub>>(server.Services.GetRequiredService<HubLifetimeManager<OtherHub>>());
    }

    [Fact]
    public async Task Resync_WithArgumentsOfTheApplications_IsSentWithThem()
    {
        await using var server = await HubServer.StartAsync(redis.Address, RedisServer.NewPrefix(), options =>
        {
            options.ResyncMethod = "Say";
            options.ResyncArguments = ["read it all again"];
        });
        await using var client = await server.ConnectAsync();

        Assert.True(server.Backplane.TryFind(client.Id, out var connection));
        connection.Outbox.Miss(MissedMessages.Resynchronise);

        Assert.Equal("read it all again", await client.NextAsync());
    }

    private sealed class OtherHub : Hub;
}

using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Tests;

/// <summary>What is sent on one way arrives in the order in which it was sent, and in the same order everywhere.</summary>
public class OrderTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    [Fact]
    public async Task Group_SentToByBothServersAtOnce_ShowsEveryMemberTheSameOrder()
    {
        const int each = 2000;
        var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ConnectAsync(i % 2 == 0 ? First : Second)));
        foreach (var client in clients) await client.JoinAsync("g");

        // A sender does not wait for the one before: what it calls for in order arrives in order.
        var sending = new[] { First, Second }.Select(server => Task.Run(() => Task.WhenAll(
            Enumerable.Range(0, each).Select(i => server.Clients.Group("g").SendAsync("Say", $"{(server == First ? "a" : "b")}{i}")).ToList())));
        await Task.WhenAll(sending);
        await First.Clients.Group("g").SendAsync("Say", "end");

        var seen = await Task.WhenAll(clients.Select(client => client.UntilAsync("end")));
        Assert.Equal((2 * each) + 1, seen[0].Count);
        foreach (var sender in "ab") Assert.Equal(Enumerable.Range(0, each).Select(i => $"{sender}{i}"), seen[0].Where(text => text[0] == sender));
        foreach (var other in seen) Assert.Equal(seen[0], other);
    }

    [Fact]
    public async Task Client_OnAnotherServer_GetsEachSendersMessagesInOrder()
    {
        const int each = 300;
        var client = await ConnectAsync(First);

        // The way changes while they send: first to all servers, then to the one that has the connection.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
        {
            for (var i = 0; i < each; i++) await Second.Clients.Client(client.Id).SendAsync("Say", $"{sender}:{i}");
        }));

        var seen = new List<string>();
        while (seen.Count < 4 * each) seen.Add(await client.NextAsync());
        for (var sender = 0; sender < 4; sender++)
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{sender}:{i}"), seen.Where(text => text[0] == '0' + sender));
    }

    [Fact]
    public async Task Client_OnAnotherServer_SentToWithoutWaiting_GetsMessagesInOrder()
    {
        var client = await ConnectAsync(First);

        for (var burst = 0; burst < 20; burst++)
        {
            await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Second.Clients.Client(client.Id).SendAsync("Say", $"{(burst * 50) + i}")).ToList());
        }

        for (var i = 0; i < 1000; i++) Assert.Equal($"{i}", await client.NextAsync());
    }
}

using Fleet.SignalR.Connections;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Tests;

/// <summary>A client that takes nothing costs the server a bounded amount of memory, and costs the others nothing.</summary>
/// <remarks>The kernel's buffers hide such a client for some megabytes, so each test sends until its outbox fills.</remarks>
public class SlowReaderTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    private const int Bound = 256 * 1024;

    private static readonly string Padding = new('x', 32 * 1024);

    [Fact]
    public async Task Group_OneMemberReadsNothing_TheOthersGetEverythingInOrderAndMemoryIsBounded()
    {
        var server = await StartAsync(MissedMessages.Resynchronise);
        await using var stuck = await StuckClient.ConnectAsync(server, "g");
        var (near, far) = (await ConnectAsync(server), await ConnectAsync(Second));
        await near.JoinAsync("g");
        await far.JoinAsync("g");
        using var overflows = new MetricSum("fleet.backplane.overflows");
        var outbox = OutboxOf(server, stuck);

        // Three bounds more than the first overflow took: the others go on as if nothing were.
        var sent = 0;
        for (var after = 0; after < 24; sent++)
        {
            await Second.Clients.Group("g").SendAsync("Say", $"{sent}:{Padding}");
            Assert.StartsWith($"{sent}:", await near.NextAsync());
            Assert.StartsWith($"{sent}:", await far.NextAsync());
            Assert.InRange(outbox.WaitingBytes, 0, Bound);
            if (overflows.Value > 0) after++;
            Assert.InRange(sent, 0, 5000);
        }

        // When it reads again it gets what had gone to it, is told, and then gets what comes.
        for (var next = 0; await stuck.ReadAsync() is var said && said != "(resync)"; next++) Assert.StartsWith($"{next}:", said);
        await Second.Clients.Group("g").SendAsync("Say", "again");
        Assert.Equal("again", await stuck.ReadAsync());
    }

    [Fact]
    public async Task Group_OneMemberReadsNothing_IsDisconnectedWhereThatIsChosen()
    {
        var server = await StartAsync(MissedMessages.Disconnect);
        await using var stuck = await StuckClient.ConnectAsync(server, "g");
        var near = await (await ConnectAsync(server)).JoinAsync("g");

        for (var sent = 0; server.Backplane.TryFind(stuck.Id, out _); sent++)
        {
            await Second.Clients.Group("g").SendAsync("Say", $"{sent}:{Padding}");
            Assert.StartsWith($"{sent}:", await near.NextAsync());
            Assert.InRange(sent, 0, 50_000);
        }

        await Second.Clients.Group("g").SendAsync("Say", "end");
        Assert.Contains("end", await near.UntilAsync("end"));
    }

    [Fact]
    public async Task Client_ThatReadsNothing_HoldsUpOnlyWhoSendsToItAlone()
    {
        var server = await StartAsync(MissedMessages.Disconnect);
        await using var stuck = await StuckClient.ConnectAsync(server, "g");
        var near = await ConnectAsync(server);

        var sent = 0;
        Task sending;
        do
        {
            sending = server.Clients.Client(stuck.Id).SendAsync("Say", $"{sent++}:{Padding}");
            await server.Clients.Client(near.Id).SendAsync("Say", "hello");
            Assert.Equal("hello", await near.NextAsync());
            Assert.InRange(sent, 0, 5000);
        }
        while (sending.IsCompleted);

        // It reads, and so whoever sends to it goes on, and nothing was lost.
        for (var i = 0; i < sent; i++) Assert.StartsWith($"{i}:", await stuck.ReadAsync());
        await sending.WaitAsync(Eventually.Patience);
    }

    [Fact]
    public async Task Client_ThatStoppedReading_IsGoneSoonAfterItWasAborted()
    {
        var server = await StartAsync(MissedMessages.Resynchronise);
        await using var stuck = await StuckClient.ConnectAsync(server, "g");
        var outbox = OutboxOf(server, stuck);
        while (outbox.WaitingMessages == 0) await server.Clients.Group("g").SendAsync("Say", Padding);

        // As SignalR does with a client that it has not heard from; the write under way would keep the connection for ever.
        Assert.True(server.Backplane.TryFind(stuck.Id, out var connection));
        connection.Context.Abort();

        await Eventually.IsTrueAsync(() => !server.Backplane.TryFind(stuck.Id, out _));
    }

    private Task<HubServer> StartAsync(MissedMessages then) => StartAsync(options =>
    {
        options.MaxPendingBytes = Bound;
        options.WhenOverflowing = then;
    });

    private static Outbox OutboxOf(HubServer server, StuckClient client) =>
        server.Backplane.TryFind(client.Id, out var connection) ? connection.Outbox : throw new InvalidOperationException("It is not there.");
}

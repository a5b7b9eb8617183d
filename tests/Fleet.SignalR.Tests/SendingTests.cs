using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.SignalR.Tests;

/// <summary>Everything that is sent reaches whom it is for, on whatever server, and nobody else.</summary>
public class SendingTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    [Fact]
    public async Task All_OnBothServers_GetIt()
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(Second));

        await First.Clients.All.SendAsync("Say", "hello");

        Assert.Equal("hello", await a.NextAsync());
        Assert.Equal("hello", await b.NextAsync());
    }

    [Fact]
    public async Task AllExcept_TheExcludedOnEitherServer_DoNotGetIt()
    {
        var (a, b, c, d) = (await ConnectAsync(First), await ConnectAsync(First), await ConnectAsync(Second), await ConnectAsync(Second));

        await First.Clients.AllExcept(a.Id, c.Id).SendAsync("Say", "hello");
        await First.Clients.All.SendAsync("Say", "end");

        Assert.Equal(["end"], await a.UntilAsync("end"));
        Assert.Equal(["hello", "end"], await b.UntilAsync("end"));
        Assert.Equal(["end"], await c.UntilAsync("end"));
        Assert.Equal(["hello", "end"], await d.UntilAsync("end"));
    }

    [Fact]
    public async Task Others_TheCaller_DoesNotGetIt()
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(Second));

        await a.Connection.InvokeAsync("ToOthers", "hello");
        await First.Clients.All.SendAsync("Say", "end");

        Assert.Equal(["end"], await a.UntilAsync("end"));
        Assert.Equal(["hello", "end"], await b.UntilAsync("end"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_HereOrOnAnotherServer_GetsIt(bool elsewhere)
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(First));
        var sender = elsewhere ? Second : First;

        // The first message has to find the connection's server, the later ones know it.
        for (var i = 0; i < 10; i++) await sender.Clients.Client(a.Id).SendAsync("Say", $"{i}");
        await sender.Clients.Client(b.Id).SendAsync("Say", "end");

        Assert.Equal(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], await a.UntilAsync("9"));
        Assert.Equal(["end"], await b.UntilAsync("end"));
    }

    [Fact]
    public async Task Client_ThatNobodyHas_IsNoError()
    {
        await First.Clients.Client("nobody").SendAsync("Say", "hello");
        await First.Clients.Clients("nobody", "nobody else").SendAsync("Say", "hello");
    }

    [Fact]
    public async Task Clients_OnBothServers_GetIt()
    {
        var (a, b, c) = (await ConnectAsync(First), await ConnectAsync(Second), await ConnectAsync(Second));

        await First.Clients.Clients(a.Id, b.Id).SendAsync("Say", "hello");
        await First.Clients.All.SendAsync("Say", "end");

        Assert.Equal("hello", await a.NextAsync());
        Assert.Equal("hello", await b.NextAsync());
        Assert.Equal(["end"], await c.UntilAsync("end"));
    }

    [Fact]
    public async Task Group_ItsMembersOnBothServers_GetIt()
    {
        var (a, b, c) = (await ConnectAsync(First), await ConnectAsync(Second), await ConnectAsync(Second));
        await a.JoinAsync("g");
        await b.JoinAsync("g");

        await Second.Clients.Group("g").SendAsync("Say", "hello");
        await Second.Clients.All.SendAsync("Say", "end");

        Assert.Equal("hello", await a.NextAsync());
        Assert.Equal("hello", await b.NextAsync());
        Assert.Equal(["end"], await c.UntilAsync("end"));
    }

    [Fact]
    public async Task Groups_AMemberOfTwo_GetsItTwice()
    {
        var (a, b, c) = (await ConnectAsync(First), await ConnectAsync(Second), await ConnectAsync(Second));
        await a.JoinAsync("g");
        await a.JoinAsync("h");
        await b.JoinAsync("h");

        await First.Clients.Groups("g", "h").SendAsync("Say", "hello");
        await c.JoinAsync("g");

        Assert.Equal("hello", await a.NextAsync());
        Assert.Equal("hello", await a.NextAsync());
        Assert.Equal("hello", await b.NextAsync());
    }

    [Fact]
    public async Task GroupExcept_TheExcludedOnAnotherServer_DoesNotGetIt()
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(Second));
        await a.JoinAsync("g");
        await b.JoinAsync("g");

        await First.Clients.GroupExcept("g", b.Id).SendAsync("Say", "hello");
        await First.Clients.Group("g").SendAsync("Say", "end");

        Assert.Equal(["hello", "end"], await a.UntilAsync("end"));
        Assert.Equal(["end"], await b.UntilAsync("end"));
    }

    [Fact]
    public async Task User_OnAllOfItsConnections_GetsIt()
    {
        var (a, b, c) = (await ConnectAsync(First, "ann"), await ConnectAsync(Second, "ann"), await ConnectAsync(Second, "bob"));

        await First.Clients.User("ann").SendAsync("Say", "hello");
        await First.Clients.Users("ann", "bob").SendAsync("Say", "end");

        Assert.Equal(["hello", "end"], await a.UntilAsync("end"));
        Assert.Equal(["hello", "end"], await b.UntilAsync("end"));
        Assert.Equal(["end"], await c.UntilAsync("end"));
    }

    [Fact]
    public async Task User_OneOfTwoConnectionsGone_TheOtherStillGetsIt()
    {
        var (a, b) = (await ConnectAsync(First, "ann"), await ConnectAsync(First, "ann"));
        await a.DisposeAsync();

        await Second.Clients.User("ann").SendAsync("Say", "hello");

        Assert.Equal("hello", await b.NextAsync());
    }

    [Fact]
    public async Task TwoHubs_OverOneRedis_DoNotHearEachOther()
    {
        var other = Keep(await HubServer.StartAsync(Redis.Address, Prefix + "-other"));
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(other));

        await other.Clients.All.SendAsync("Say", "theirs");
        await First.Clients.All.SendAsync("Say", "ours");

        Assert.Equal("ours", await a.NextAsync());
        Assert.Equal("theirs", await b.NextAsync());
    }
}

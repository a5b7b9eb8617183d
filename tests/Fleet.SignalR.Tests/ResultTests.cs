using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Tests;

/// <summary>Calling a client, wherever it is, brings what it returns, or says why it does not; it never hangs.</summary>
public class ResultTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_AClientThatReturns_BringsIt(bool elsewhere)
    {
        var a = await ConnectAsync(First);
        a.Connection.On<int, int>("Ask", number => number * 2);

        for (var i = 0; i < 5; i++) Assert.Equal(2 * i, await AskAsync(elsewhere ? Second : First, a, i));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Invoke_FromAHubMethodOfAnotherServer_BringsIt()
    {
        var (a, b) = (await ConnectAsync(First), await ConnectAsync(Second));
        a.Connection.On<int, int>("Ask", number => number * 2);

        Assert.Equal(14, await b.Connection.InvokeAsync<int>("Ask", a.Id, 7));
    }

    [Fact]
    public async Task Invoke_ManyAtOnce_EachGetsItsOwn()
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ConnectAsync(First)));
        foreach (var client in clients) client.Connection.On<int, int>("Ask", async number =>
        {
            await Task.Yield();
            return number;
        });

        var numbers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => AskAsync(Second, clients[i % 5], i)));

        Assert.Equal(Enumerable.Range(0, 200), numbers);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_AClientThatFails_BringsItsWords(bool elsewhere)
    {
        var a = await ConnectAsync(First);
        a.Connection.On<int, int>("Ask", int (_) => throw new InvalidOperationException("out of numbers"));

        var fault = await Assert.ThrowsAsync<HubException>(() => AskAsync(elsewhere ? Second : First, a, 1));

        Assert.Contains("out of numbers", fault.Message);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_AClientThatReturnsSomethingElse_Fails(bool elsewhere)
    {
        var a = await ConnectAsync(First);
        a.Connection.On<int, string>("Ask", _ => "not a number");

        await Assert.ThrowsAsync<HubException>(() => AskAsync(elsewhere ? Second : First, a, 1));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Invoke_ConnectionThatNobodyHas_IsSaidAtOnce()
    {
        var fault = await Assert.ThrowsAsync<IOException>(() => First.Hub.Clients.Client("nobody").InvokeAsync<int>("Ask", 1, default));

        Assert.Equal("Connection 'nobody' does not exist.", fault.Message);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_Cancelled_EndsHereAndThere(bool elsewhere)
    {
        var (a, asked) = await SilentClientAsync();
        using var cancel = new CancellationTokenSource();

        var asking = (elsewhere ? Second : First).Hub.Clients.Client(a.Id).InvokeAsync<int>("Ask", 1, cancel.Token);
        await asked;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await NothingIsLeftAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_TheClientGoes_Fails(bool elsewhere)
    {
        var (a, asked) = await SilentClientAsync();

        var asking = AskAsync(elsewhere ? Second : First, a, 1);
        await asked;
        await a.DisposeAsync();

        var fault = await Assert.ThrowsAsync<IOException>(() => asking);
        Assert.Equal($"Connection '{a.Id}' disconnected.", fault.Message);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Invoke_TheClientsServerDiesWithoutAWord_Fails()
    {
        await using var wire = new CuttableProxy(Redis.Address);
        var asking = Keep(await HubServer.StartAsync(Redis.Address, Prefix, options => options.ServerTimeout = TimeSpan.FromSeconds(1)));
        var dying = Keep(await HubServer.StartAsync(wire.Address, Prefix));
        var (a, asked) = await SilentClientAsync(dying);

        var result = AskAsync(asking, a, 1);
        await asked;
        wire.Become(WireState.Cut);

        var fault = await Assert.ThrowsAsync<IOException>(() => result.WaitAsync(Eventually.Patience));
        Assert.Contains("does not answer any more", fault.Message);
        Assert.Equal(0, asking.Backplane.Results);
    }

    [Fact]
    public async Task Invoke_TheClientsServerForgotTheCall_Fails()
    {
        var asking = Keep(await HubServer.StartAsync(Redis.Address, Prefix, options => options.ServerTimeout = TimeSpan.FromSeconds(3)));
        var (a, asked) = await SilentClientAsync();
        var result = AskAsync(asking, a, 1);
        await asked;

        First.Backplane.ForgetResults();

        var fault = await Assert.ThrowsAsync<IOException>(() => result.WaitAsync(Eventually.Patience));
        Assert.Contains("does not know of the call", fault.Message);
    }

    [Fact]
    public async Task Invoke_TheResultCannotBeSentForAWhile_ComesLater()
    {
        await using var wire = new CuttableProxy(Redis.Address);
        var asking = Keep(await HubServer.StartAsync(Redis.Address, Prefix, options => options.ServerTimeout = TimeSpan.FromSeconds(9)));
        var cut = Keep(await HubServer.StartAsync(wire.Address, Prefix));
        var a = await ConnectAsync(cut);
        var failures = new MetricSum("fleet.backplane.publish.failures");
        a.Connection.On<int, int>("Ask", number =>
        {
            wire.Become(WireState.Cut);
            return number * 2;
        });

        var result = AskAsync(asking, a, 21);
        await Eventually.IsTrueAsync(() => failures.Value > 0);
        wire.Become(WireState.Whole);

        Assert.Equal(42, await result.WaitAsync(Eventually.Patience));
        await Eventually.IsTrueAsync(() => cut.Backplane.Results == 0);
    }

    [Fact]
    public async Task Result_FromAnotherClient_IsNotTaken()
    {
        var (a, asked) = await SilentClientAsync();
        var mallory = await ConnectAsync(First);
        using var cancel = new CancellationTokenSource();
        var asking = First.Hub.Clients.Client(a.Id).InvokeAsync<int>("Ask", 1, cancel.Token);
        await asked;

        First.Backplane.Complete(mallory.Id, CompletionMessage.WithResult($"{First.Backplane.Server}:1", 666));

        Assert.False(asking.IsCompleted);
        First.Backplane.Complete(a.Id, CompletionMessage.WithResult($"{First.Backplane.Server}:1", 5));
        Assert.Equal(5, await asking.WaitAsync(Eventually.Patience));
    }

    private static Task<int> AskAsync(HubServer server, HubProbe client, int number) =>
        server.Hub.Clients.Client(client.Id).InvokeAsync<int>("Ask", number, default);

    /// <summary>A client that is asked and does not answer.</summary>
    private async Task<(HubProbe Client, Task Asked)> SilentClientAsync(HubServer? server = null)
    {
        var client = await ConnectAsync(server ?? First);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Connection.On<int, int>("Ask", async _ =>
        {
            asked.SetResult();
            await client.Closed;
            return 0;
        });
        return (client, asked.Task.WaitAsync(Eventually.Patience));
    }

    private Task NothingIsLeftAsync() => Eventually.IsTrueAsync(() =>
        First.Backplane is { Results: 0, Requests: 0 } && Second.Backplane is { Results: 0, Requests: 0 });
}

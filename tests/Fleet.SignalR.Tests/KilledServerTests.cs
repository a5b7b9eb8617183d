using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using StackExchange.Redis;

namespace Fleet.SignalR.Tests;

/// <summary>A server's process is killed: the others miss nothing, wait for nothing that cannot come, and keep nothing of it.</summary>
public class KilledServerTests(RedisServer redis) : BackplaneTest(redis), IClassFixture<RedisServer>
{
    /// <summary>How soon the servers that go on notice that another is silent.</summary>
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(1);

    private ServerProcess _killed = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _killed = await StartProcessAsync();
    }

    [Fact]
    public async Task Group_OthersGetEverythingInOrder_AndItsClientsGoOnElsewhere()
    {
        const int Messages = 2000;
        var (stays, cut) = (await ConnectAsync(First), Keep(await _killed.ConnectAsync()));
        foreach (var client in new[] { stays, cut }) await client.JoinAsync("g");

        var sending = SendAsync();
        await Eventually.IsTrueAsync(() => cut.Seen.Count > Messages / 10);
        await _killed.KillAsync();
        await cut.Closed;
        // What it had got until then had no gap, and the one that stays gets all.
        Assert.Equal(Enumerable.Range(0, cut.Seen.Count).Select(i => $"{i}"), cut.Seen);
        await sending;
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}").Append("end"), await stays.UntilAsync("end"));

        var back = Keep(await (await StartProcessAsync()).ConnectAsync());
        await back.JoinAsync("g");
        await Second.Clients.Group("g").SendAsync("Say", "again");
        Assert.Equal(["again", "again"], [await stays.NextAsync(), await back.NextAsync()]);

        async Task SendAsync()
        {
            for (var i = 0; i < Messages; i++) await Second.Clients.Group("g").SendAsync("Say", $"{i}");
            await Second.Clients.Group("g").SendAsync("Say", "end");
        }
    }

    [Fact]
    public async Task Redis_ForgetsWhatItListenedTo()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(Redis.Address);
        var client = Keep(await _killed.ConnectAsync());
        await client.JoinAsync("g");
        Assert.Equal(1, await ListenersAsync());

        await _killed.KillAsync();

        await Eventually.IsTrueAsync(async () => await ListenersAsync() == 0);

        Task<long> ListenersAsync() => ShardedChannel.ListenersAsync(redis.GetDatabase(), $"{Prefix}:{typeof(ProbeHub).FullName}:group:g");
    }

    [Fact]
    public async Task Invoke_OfItsClient_Fails()
    {
        var asking = await StartAsync(options => options.ServerTimeout = ServerTimeout);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = Keep(await _killed.ConnectAsync());
        NeverAnswers(client, asked);

        var result = asking.Hub.Clients.Client(client.Id).InvokeAsync<int>("Ask", 1, default);
        await asked.Task.WaitAsync(Eventually.Patience);
        await _killed.KillAsync();

        var fault = await Assert.ThrowsAsync<IOException>(() => result.WaitAsync(Eventually.Patience));
        Assert.Contains("does not answer any more", fault.Message);
        Assert.Equal(0, asking.Backplane.Results);
    }

    [Fact]
    public async Task Invoke_ByIt_IsForgottenByTheServerThatOwesTheResult()
    {
        var owing = await StartAsync(options => options.ServerTimeout = ServerTimeout);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = await ConnectAsync(owing);
        NeverAnswers(client, asked);
        var caller = Keep(await _killed.ConnectAsync());

        var result = caller.Connection.InvokeAsync<int>("Ask", client.Id, 1);
        await asked.Task.WaitAsync(Eventually.Patience);
        Assert.Equal(1, owing.Backplane.Results);
        await _killed.KillAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => result.WaitAsync(Eventually.Patience));
        await Eventually.IsTrueAsync(() => owing.Backplane.Results == 0);
    }

    [Fact]
    public async Task AddToGroup_OfItsClient_SaysThatThereIsNone()
    {
        var client = Keep(await _killed.ConnectAsync());
        // From now on the first server knows which one has it.
        await First.Hub.Groups.AddToGroupAsync(client.Id, "g");
        await _killed.KillAsync();

        var fault = await Assert.ThrowsAsync<IOException>(() => First.Hub.Groups.AddToGroupAsync(client.Id, "h").WaitAsync(Eventually.Patience));

        Assert.Equal($"Connection '{client.Id}' does not exist.", fault.Message);
        Assert.Equal(0, First.Backplane.Requests);
    }

    private async Task<ServerProcess> StartProcessAsync() => Keep(await ServerProcess.StartAsync(Redis.Address, Prefix));

    private static void NeverAnswers(HubProbe client, TaskCompletionSource asked) => client.Connection.On<int, int>("Ask", async _ =>
    {
        asked.TrySetResult();
        await client.Closed;
        return 0;
    });
}

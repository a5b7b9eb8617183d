using System.Text.Json;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>What may be called how, and what a bad call is told.</summary>
public sealed class HubCallTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task OptionalArguments_MayBeLeftOutGivenOrNull()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var id = (await app.Driver.EnqueueAsync()).ToString();
        Assert.Single((await client.InvokeAsync<RunSnapshot>("WatchRun", id)).Events);
        Assert.Single((await client.InvokeAsync<RunSnapshot>("WatchRun", id, null)).Events);
        Assert.Empty((await client.InvokeAsync<RunSnapshot>("WatchRun", id, 1)).Events);
        Assert.Single((await client.InvokeAsync<RunSnapshot>("watchRun", id)).Events);
        Assert.Single((await client.InvokeAsync<FeedSnapshot>("WatchFeed")).Runs);
        Assert.Single((await client.InvokeAsync<FeedSnapshot>("WatchFeed", null)).Runs);
        Assert.Single((await client.InvokeAsync<FeedSnapshot>("WatchFeed", new { job = "test.job" })).Runs);
        Assert.Single((await client.InvokeAsync<FeedSnapshot>("WatchFeed", new { state = "queued" })).Runs);
        Assert.Single((await client.InvokeAsync<FeedSnapshot>("WatchFeed", new { state = new[] { "queued", "running" } })).Runs);
        Assert.Empty((await client.InvokeAsync<FeedSnapshot>("WatchFeed", new { job = "other.job" })).Runs);
    }

    [Theory]
    [InlineData("WatchRun", "[]", "The call must be WatchRun(runId: string, afterSeq?: number); Invocation provides 0 argument(s) but target expects 2.")]
    [InlineData("WatchRun", "[12]", "The call must be WatchRun(runId: string, afterSeq?: number); ")]
    [InlineData("WatchRun", """["x","y"]""", "The call must be WatchRun(runId: string, afterSeq?: number); an argument is of another type.")]
    [InlineData("WatchRun", """["x",1,2]""", "Invocation provides 3 argument(s) but target expects 2.")]
    [InlineData("WatchRun", """["x"]""", "'x' is not a run id: a run id is 26 characters of Crockford base32.")]
    [InlineData("WatchRun", "[null]", "a run id is 26 characters of Crockford base32.")]
    [InlineData("WatchRun", """["01ARZ3NDEKTSV4RRFFQ69G5FAV"]""", "There is no run 01ARZ3NDEKTSV4RRFFQ69G5FAV.")]
    [InlineData("WatchRun", """["01ARZ3NDEKTSV4RRFFQ69G5FAV",-1]""", "afterSeq must be a whole number of at least 0.")]
    [InlineData("UnwatchRun", """["x"]""", "'x' is not a run id: a run id is 26 characters of Crockford base32.")]
    [InlineData("UnwatchRun", "[]", "The call must be UnwatchRun(runId: string); ")]
    [InlineData("WatchFeed", """[{"state":["runing"]}]""", "state must be one of scheduled, queued, running")]
    [InlineData("WatchFeed", """[{"state":7}]""", "state must be a state or a list of states.")]
    [InlineData("WatchFeed", """[{"jobb":"x"}]""", "The call must be WatchFeed(filter?: object); jobb is not a field of the filter. Did you mean 'job'?")]
    [InlineData("WatchFeed", """[{"page":{"limit":0}}]""", "page.limit must be a whole number from 1 to 200.")]
    [InlineData("WatchFeed", """[{"page":{"offset":5}}]""", "The call must be WatchFeed(filter?: object); offset is not a field of the filter")]
    [InlineData("WatchFeed", """[{"page":{"cursor":"x"}}]""", "page.cursor ")]
    [InlineData("WatchFeed", """[{"ids":["x"]}]""", "The call must be WatchFeed(filter?: object); ids[0] ")]
    [InlineData("WatchFeed", """["x"]""", "The call must be WatchFeed(filter?: object); ")]
    public async Task ABadCall_IsRefusedInWords(string method, string arguments, string words)
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await using var client = await app.ConnectAsync();
        var given = JsonElement.Parse(arguments).EnumerateArray().Select(argument => (object?)argument).ToArray();
        var refused = await Assert.ThrowsAsync<HubException>(() => client.InvokeCoreAsync(method, typeof(JsonElement), given));
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);

        // The connection is as good as before.
        await client.InvokeAsync<FeedSnapshot>("WatchFeed");
    }

    [Fact]
    public async Task WatchRun_MoreThanAConnectionMay_IsRefused()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:WatchesPerConnection", "3"));
        await using var client = await app.ConnectAsync();
        var ids = await app.Driver.EnqueueManyAsync(4);
        await client.InvokeAsync<FeedSnapshot>("WatchFeed");
        await client.InvokeAsync<RunSnapshot>("WatchRun", ids[0].ToString());
        await client.InvokeAsync<RunSnapshot>("WatchRun", ids[1].ToString());
        var refused = await Assert.ThrowsAsync<HubException>(() => client.InvokeAsync<RunSnapshot>("WatchRun", ids[2].ToString()));
        Assert.Contains("3 watches already, which is the most (Fleet:Notifier:WatchesPerConnection)", refused.Message, StringComparison.Ordinal);
        Assert.Equal(3, app.Watches);

        await client.InvokeAsync("UnwatchFeed");
        await client.InvokeAsync<RunSnapshot>("WatchRun", ids[2].ToString());
        await using var other = await app.ConnectAsync();
        await other.InvokeAsync<RunSnapshot>("WatchRun", ids[3].ToString());
    }

    [Fact]
    public async Task MoreCallsThanAConnectionMayMake_AreRefused_AndOnesAfterAMomentAreNot()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:WatchesPerConnection", "1"), ("Fleet:Notifier:CallsPerSecond", "1"));
        await using var client = await app.ConnectAsync();
        HubException? refused = null;
        // Each call takes far less than the second in which another one is granted.
        for (var call = 0; call < 1000 && refused is null; call++)
            refused = await Record.ExceptionAsync(() => client.InvokeAsync("UnwatchFeed")) as HubException;
        Assert.Contains("more than 1 calls a second, which is the most (Fleet:Notifier:CallsPerSecond)", refused?.Message, StringComparison.Ordinal);
        await Eventually.IsTrueAsync(async () => await Record.ExceptionAsync(() => client.InvokeAsync("UnwatchFeed")) is null);
    }

    [Fact]
    public async Task AMessageThatIsTooLarge_EndsItsConnectionAndNobodyElses()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:MessageBytes", "4096"));
        await using var client = await app.ConnectAsync();
        await using var other = await app.ConnectAsync();
        var closed = new TaskCompletionSource<Exception?>();
        client.Closed += error =>
        {
            closed.SetResult(error);
            return Task.CompletedTask;
        };
        await client.SendAsync("WatchRun", new string('x', 5000));
        await closed.Task.WaitAsync(Eventually.Patience);
        await other.InvokeAsync<FeedSnapshot>("WatchFeed");
    }
}

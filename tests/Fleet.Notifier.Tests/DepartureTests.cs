using System.Net;
using System.Text.Json;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>A replica that is told to stop sends its clients away one after another.</summary>
public sealed class DepartureTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private const int Clients = 150;

    [Fact]
    public async Task Clients_AreSentAwayOneAfterAnother_WhileNewOnesAreRefused()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:DrainTime", "00:00:10"));
        var left = 0;
        var some = new TaskCompletionSource<int>();
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => app.ConnectAsync()));
        foreach (var client in clients)
        {
            client.Closed += _ =>
            {
                if (Interlocked.Increment(ref left) == 5) some.SetResult(clients.Count(one => one.State == HubConnectionState.Connected));
                return Task.CompletedTask;
            };
        }

        var stopping = Task.Run(app.StopAsync);
        // All at once would leave nobody.
        Assert.InRange(await some.Task.WaitAsync(Eventually.Patience), Clients / 4, Clients - 5);
        foreach (var path in new[] { "readyz", "v1/feed/stream", "hubs/runs" })
        {
            using var answer = await app.Http.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            var problem = JsonSerializer.Deserialize<FleetProblem>(await answer.Content.ReadAsStringAsync(), FleetJson.Options)!;
            Assert.Equal("urn:fleet:stopping", problem.Type);
        }

        await stopping.WaitAsync(Eventually.Patience);
        await Eventually.IsTrueAsync(() => clients.All(client => client.State == HubConnectionState.Disconnected));
        Assert.Equal(0, app.Watches);
    }

    [Fact]
    public async Task AStream_EndsWithAHintWhenToComeBack()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var id = await app.Driver.EnqueueAsync();
        using var response = await app.Http.GetAsync($"v1/runs/{id}/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        while (await reader.ReadLineAsync(timeout.Token) != "event: queued")
        {
        }

        var stopping = Task.Run(app.StopAsync);
        var rest = await reader.ReadToEndAsync(timeout.Token);
        Assert.Matches(@"retry: (1|2)\d\d\d\n\n$", rest);
        await stopping.WaitAsync(Eventually.Patience);
    }
}

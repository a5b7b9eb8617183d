using System.Threading.Channels;
using Fleet.Notifier.Queues;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Notifier.Tests;

public sealed class QueueHubTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchQueues_TellsDepthAndRates()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        await app.Driver.EnqueueManyAsync(10);
        await using var client = await app.ConnectAsync();
        var told = Channel.CreateUnbounded<IReadOnlyList<QueueInfo>>();
        client.On<IReadOnlyList<QueueInfo>>("Queues", queues => told.Writer.TryWrite(queues));
        var known = Assert.Single(await client.InvokeAsync<IReadOnlyList<QueueInfo>>("WatchQueues"));
        Assert.Equal(("default", 10, null), (known.Name, known.Depth, known.Rates));

        await app.Driver.EnqueueManyAsync(50);
        await app.Driver.FinishAsync(await app.Driver.TakeAsync(20));
        await UntilAsync(queue => queue is { Depth: 40, InFlight: 0, Lag: > 0, Rates: { In: > 0, Out: > 0 } });
        // What happened at once is over later.
        await UntilAsync(queue => queue.Rates is { In: 0, Out: 0 });

        await client.InvokeAsync("UnwatchQueues");
        Assert.Equal(0, app.Services.GetRequiredService<QueueFeed>().Watches);

        async Task UntilAsync(Func<QueueInfo, bool> condition)
        {
            using var timeout = new CancellationTokenSource(Eventually.Patience);
            while (!condition(Assert.Single(await told.Reader.ReadAsync(timeout.Token))))
            {
            }
        }
    }

    [Fact]
    public async Task AWatcherWhoDoesNotRead_KeepsNothingButTheNewest()
    {
        using var watch = new QueueWatch([], _ => { });
        for (var depth = 1; depth <= 100; depth++) watch.Publish([new QueueInfo { Name = "default", Depth = depth }]);
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        await foreach (var newest in watch.ReadAsync(timeout.Token))
        {
            Assert.Equal(100, Assert.Single(newest).Depth);
            break;
        }
    }
}

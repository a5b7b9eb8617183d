using System.Threading.Channels;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Notifier.Tests;

public sealed class WorkerHubTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task WatchWorkers_TellsWhoComesAndGoes()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        var workers = app.Services.GetRequiredService<WorkerRegistry>();
        await workers.AnnounceAsync(Worker("first"));
        await using var client = await app.ConnectAsync();
        var changes = Channel.CreateUnbounded<WorkerEvent>();
        client.On<WorkerEvent>("Worker", change => changes.Writer.TryWrite(change));

        var known = await client.InvokeAsync<IReadOnlyList<WorkerInfo>>("WatchWorkers");
        Assert.Equal("first", Assert.Single(known).Id);

        await workers.AnnounceAsync(Worker("second"));
        await ExpectAsync(WorkerEventType.Connected, "second");
        // That it lives on is no change; that it executes another run, or ends, is one.
        await workers.AnnounceAsync(Worker("second"));
        var run = RunId.New(1, 0);
        await workers.AnnounceAsync(Worker("second") with { Running = [run] });
        Assert.Equal([run], (await ExpectAsync(WorkerEventType.Updated, "second")).Running);
        await workers.AnnounceAsync(Worker("second"));
        Assert.Empty((await ExpectAsync(WorkerEventType.Updated, "second")).Running);
        await workers.DrainAsync("second");
        await ExpectAsync(WorkerEventType.Draining, "second");
        // It is told of once, also where the worker then says so itself.
        await workers.AnnounceAsync(Worker("second") with { State = WorkerState.Draining });
        await workers.RemoveAsync("second");
        await ExpectAsync(WorkerEventType.Disconnected, "second");
        await workers.AnnounceAsync(Worker("first") with { StartedAt = DateTimeOffset.UnixEpoch.AddDays(1) });
        await ExpectAsync(WorkerEventType.Connected, "first");

        async Task<WorkerInfo> ExpectAsync(WorkerEventType type, string id)
        {
            using var timeout = new CancellationTokenSource(Eventually.Patience);
            var change = await changes.Reader.ReadAsync(timeout.Token);
            Assert.Equal((type, id), (change.Type, change.Worker.Id));
            return change.Worker;
        }
    }

    [Fact]
    public async Task WatchWorkers_OneThatWasNotHeardOf_TimesOut()
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Lease", "00:00:01"));
        var workers = app.Services.GetRequiredService<WorkerRegistry>();
        await workers.AnnounceAsync(Worker("silent"));
        await using var client = await app.ConnectAsync();
        var change = new TaskCompletionSource<WorkerEvent>();
        client.On<WorkerEvent>("Worker", change.SetResult);
        await client.InvokeAsync<IReadOnlyList<WorkerInfo>>("WatchWorkers");

        // What the sweep does.
        await Eventually.IsTrueAsync(async () =>
        {
            await workers.ForgetAsync(TimeSpan.FromSeconds(1));
            return (await workers.ListAsync()).Count == 0;
        });
        var told = await change.Task.WaitAsync(Eventually.Patience);
        Assert.Equal((WorkerEventType.Timeout, "silent"), (told.Type, told.Worker.Id));
    }

    private static WorkerInfo Worker(string id) => new() { Id = id, Host = "host", Version = "1.0.0", Slots = 4, StartedAt = DateTimeOffset.UnixEpoch };
}

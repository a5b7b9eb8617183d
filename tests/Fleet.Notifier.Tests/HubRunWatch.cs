using System.Threading.Channels;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>A client's watch of a run over the hub, which holds every event against the promise: once and in order.</summary>
internal sealed class HubRunWatch : IDisposable
{
    private readonly Channel<RunEvent> _events = Channel.CreateUnbounded<RunEvent>();
    private readonly Channel<string> _resyncs = Channel.CreateUnbounded<string>();
    private readonly List<IDisposable> _handlers = [];
    private long _seen;

    private HubRunWatch(HubConnection client, RunId id)
    {
        _handlers.Add(client.On<string, RunEvent>("RunEvent", (run, news) =>
        {
            if (run == id.ToString()) _events.Writer.TryWrite(news);
        }));
        _handlers.Add(client.On<string>("Resync", what => _resyncs.Writer.TryWrite(what)));
    }

    public RunSnapshot Snapshot { get; private set; } = null!;

    /// <summary>The newest event that was read.</summary>
    public long Seen => _seen;

    public static async Task<HubRunWatch> StartAsync(HubConnection client, RunId id, long? after = null)
    {
        var watch = new HubRunWatch(client, id);
        watch.Snapshot = after is { } seq
            ? await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString(), seq)
            : await client.InvokeAsync<RunSnapshot>("WatchRun", id.ToString());
        watch._seen = after ?? 0;
        foreach (var news in watch.Snapshot.Events) watch.Keep(news);
        return watch;
    }

    /// <summary>Reads until an event of a type comes, in the snapshot's place or after it.</summary>
    public async Task<RunEvent> WaitForAsync(EventType type)
    {
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        while (true)
        {
            var news = await _events.Reader.ReadAsync(timeout.Token);
            Keep(news);
            if (news.Type == type) return news;
        }
    }

    /// <summary>Whether the client was never told that it missed something.</summary>
    public bool IsWhole => _resyncs.Reader.Count == 0;

    public void Dispose() => _handlers.ForEach(handler => handler.Dispose());

    private void Keep(RunEvent news)
    {
        Assert.Equal(_seen + 1, news.Seq);
        _seen = news.Seq;
    }
}

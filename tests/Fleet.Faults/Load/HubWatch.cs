using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Faults.Load;

/// <summary>One watch of a run through the hub, which connects again and names the last event it saw until it has seen the run's end.</summary>
internal sealed class HubWatch(Uri hub, RunId run, WatchLog log, TimeProvider time)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <exception cref="EventsMissingException">The notifier says that events are missing.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!await FollowAsync(cancellation))
        {
            log.Interrupted();
            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>One connection's time. True when it saw the run's end.</summary>
    private async Task<bool> FollowAsync(CancellationToken cancellation)
    {
        // Events may come while the answer that they follow is still being handled.
        var coming = Channel.CreateUnbounded<RunEvent>();
        await using var client = HubClient.Create(hub);
        client.ServerTimeout = SilenceLimit;
        client.KeepAliveInterval = Heartbeat;
        client.Closed += _ =>
        {
            coming.Writer.TryComplete();
            return Task.CompletedTask;
        };
        client.On<string, RunEvent>("RunEvent", (of, news) =>
        {
            if (of == run.ToString()) coming.Writer.TryWrite(news);
        });
        client.On<string>("Resync", what => coming.Writer.TryComplete(new EventsMissingException($"The notifier says that events of {what} are missing.")));
        try
        {
            await client.StartAsync(cancellation);
            var snapshot = await client.InvokeAsync<RunSnapshot>("WatchRun", run.ToString(), log.Seen, cancellation);
            if (snapshot.Gap) throw new EventsMissingException("The notifier says in its answer that events are missing.");
            foreach (var news in snapshot.Events) log.Add(news);
            if (snapshot.Run.State.IsFinal() && snapshot.Run.Seq == log.Seen) return true;
            await foreach (var news in coming.Reader.ReadAllAsync(cancellation))
            {
                log.Add(news);
                if (news.Type.IsFinal()) return true;
            }

            return false;
        }
        // It is away, goes away just now, or has no Redis.
        catch (Exception e) when (e is HttpRequestException or IOException or HubException or WebSocketException or SocketException
            or TimeoutException or InvalidOperationException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return false;
        }
    }
}

/// <summary>A notifier could not tell a watcher everything.</summary>
internal sealed class EventsMissingException(string message) : Exception(message);

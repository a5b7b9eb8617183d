using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>A watch of a run.</summary>
internal sealed class RunHubWatch(RunId id, RunWatchOptions options, Func<CancellationToken, Task<Run>> find) : ChannelWatch<RunNews>
{
    private const string UnknownRun = "urn:fleet:unknown-run";

    private readonly RunCursor _cursor = new(options.After);

    public override string Subject { get; } = id.ToString();

    /// <summary>Its events; without <see cref="RunWatchOptions.Follow"/> until the one that makes the run final.</summary>
    public async IAsyncEnumerable<RunEvent> EventsAsync(LiveLinks links, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var newest = 0L;
        await foreach (var (item, gap, run, watchers) in ReadAsync(links, cancellation))
        {
            if (run is not null)
            {
                newest = Math.Max(newest, run.Seq);
                options.Snapshot?.Invoke(run);
                // Nothing will come of a run that is final and whose end is known.
                if (!options.Follow && run.State.IsFinal() && run.Seq <= options.After) yield break;
            }

            if (watchers is { } count) options.Watchers?.Invoke(count);
            if (gap is not null) options.Gap?.Invoke(gap);
            if (item is null) continue;
            yield return item;
            // One that others follow was the end of an earlier life.
            if (!options.Follow && item.Type.IsFinal() && item.Seq >= newest) yield break;
        }
    }

    public override Task EndAsync(HubConnection hub) => hub.SendAsync("UnwatchRun", Subject);

    /// <summary>The hub refuses in words; the API says the same as a problem.</summary>
    public override async Task<FleetApiException?> ExplainAsync(string words, CancellationToken cancellation)
    {
        try
        {
            await find(cancellation);
        }
        catch (FleetApiException e) when (e.Problem.Type == UnknownRun)
        {
            return e;
        }
        catch (Exception e) when (e is FleetApiException || Transient.Is(e, cancellation))
        {
            // The API cannot say now, so the hub is asked again.
            return null;
        }

        return await base.ExplainAsync(words, cancellation);
    }

    protected override async Task AskAsync(HubConnection hub, CancellationToken cancellation)
    {
        var snapshot = await hub.InvokeAsync<RunSnapshot>("WatchRun", Subject, _cursor.Seen, cancellation);
        Tell(new RunNews(Run: snapshot.Run, Watchers: snapshot.Watchers));
        foreach (var news in _cursor.Begin(snapshot)) Tell(news);
    }

    protected override bool Take(string method, object?[] arguments)
    {
        switch (method)
        {
            case HubMessages.RunEvent when (string)arguments[0]! == Subject:
                if (!_cursor.TryTake((RunEvent)arguments[1]!, out var news)) return false;
                if (news is not null) Tell(news);
                return true;
            case HubMessages.Watchers when (string)arguments[0]! == Subject:
                Tell(new RunNews(Watchers: (int)arguments[1]!));
                return true;
            case HubMessages.Resync:
                return (string)arguments[0]! != Subject;
            case HubMessages.Notice:
                // That it was deleted, say: the hub then refuses to watch it anew.
                return !((HubNotice)arguments[0]!).Message.Contains(Subject, StringComparison.Ordinal);
            default:
                return true;
        }
    }
}

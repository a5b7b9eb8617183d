using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>A watch of the feed.</summary>
internal sealed class FeedHubWatch(FeedFilter filter) : ChannelWatch<FeedUpdate>
{
    /// <summary>For how many runs it is remembered what was told of them; a repetition follows at once or never.</summary>
    private const int MostRemembered = 10_000;

    private readonly Dictionary<RunId, long> _told = [];
    private readonly Queue<RunId> _order = new();

    public override string Subject => "feed";

    public override Task EndAsync(HubConnection hub) => hub.SendAsync("UnwatchFeed");

    protected override async Task AskAsync(HubConnection hub, CancellationToken cancellation)
    {
        var snapshot = await hub.InvokeAsync<FeedSnapshot>("WatchFeed", filter, cancellation);
        _told.Clear();
        _order.Clear();
        foreach (var run in snapshot.Runs) IsNews(run);
        var page = filter.Page is null ? null : new FeedPage([.. snapshot.Runs.Select(run => run.Id)], snapshot.Next);
        Tell(new FeedUpdate(IsSnapshot: true, snapshot.Runs, snapshot.Counts, page));
    }

    protected override bool Take(string method, object?[] arguments)
    {
        switch (method)
        {
            case HubMessages.Resync:
                return (string)arguments[0]! != Subject;
            case HubMessages.Feed:
                List<FeedItem> news = [.. ((IReadOnlyList<FeedItem>)arguments[0]!).Where(IsNews)];
                if (news.Count > 0) Tell(new FeedUpdate(IsSnapshot: false, news));
                return true;
            case HubMessages.Counts:
                Tell(new FeedUpdate(IsSnapshot: false, [], Counts: (IReadOnlyDictionary<string, long>)arguments[0]!));
                return true;
            case HubMessages.Page:
                var page = (FeedPage)arguments[0]!;
                // A run that comes back is told of again, as it may then still be as it was.
                foreach (var gone in _told.Keys.Except(page.Ids).ToList()) _told.Remove(gone);
                Tell(new FeedUpdate(IsSnapshot: false, [], Page: page));
                return true;
            default:
                return true;
        }
    }

    private bool IsNews(FeedItem run)
    {
        var isKnown = _told.TryGetValue(run.Id, out var seq);
        if (isKnown && run.Seq <= seq) return false;
        _told[run.Id] = run.Seq;
        if (isKnown) return true;
        _order.Enqueue(run.Id);
        if (_order.Count > MostRemembered) _told.Remove(_order.Dequeue());
        return true;
    }
}

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
        Tell(new FeedUpdate(IsSnapshot: true, snapshot.Runs, snapshot.Counts));
    }

    protected override bool Take(string method, object?[] arguments)
    {
        if (method == HubMessages.Resync) return (string)arguments[0]! != Subject;
        if (method != HubMessages.Feed) return true;
        List<FeedItem> news = [.. ((IReadOnlyList<FeedItem>)arguments[0]!).Where(IsNews)];
        if (news.Count > 0) Tell(new FeedUpdate(IsSnapshot: false, news, null));
        return true;
    }

    private bool IsNews(FeedItem run)
    {
        if (_told.TryGetValue(run.Id, out var seq))
        {
            if (run.Seq <= seq) return false;
        }
        else
        {
            _order.Enqueue(run.Id);
            if (_order.Count > MostRemembered) _told.Remove(_order.Dequeue());
        }

        _told[run.Id] = run.Seq;
        return true;
    }
}

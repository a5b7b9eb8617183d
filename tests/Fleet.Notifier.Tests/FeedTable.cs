using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Notifier.Tests;

/// <summary>Shows a page as a client does: by what the answer and the messages say.</summary>
internal sealed class FeedTable
{
    private volatile FeedPage _page = new([], null);
    private volatile IReadOnlyDictionary<string, long> _counts = new Dictionary<string, long>();
    private int _pages;

    public ConcurrentDictionary<RunId, FeedItem> Runs { get; } = new();

    public IReadOnlyList<RunId> Ids => _page.Ids;

    public string? Next => _page.Next;

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>How often which runs are on the page has changed.</summary>
    public int Pages => Volatile.Read(ref _pages);

    public static async Task<FeedTable> WatchAsync(HubConnection client, FeedFilter filter)
    {
        var table = new FeedTable();
        client.On<IReadOnlyList<FeedItem>>("Feed", table.Keep);
        client.On<FeedPage>("Page", page =>
        {
            // Each of them was told before.
            Assert.All(page.Ids, id => Assert.True(table.Runs.ContainsKey(id)));
            table._page = page;
            Interlocked.Increment(ref table._pages);
        });
        client.On<IReadOnlyDictionary<string, long>>("Counts", counts => table._counts = counts);
        var snapshot = await client.InvokeAsync<FeedSnapshot>("WatchFeed", filter);
        table.Keep(snapshot.Runs);
        if (table.Pages == 0) table._page = new FeedPage([.. snapshot.Runs.Select(run => run.Id)], snapshot.Next);
        if (table._counts.Count == 0) table._counts = snapshot.Counts;
        return table;
    }

    private void Keep(IReadOnlyList<FeedItem> runs)
    {
        foreach (var run in runs) Runs[run.Id] = run;
    }
}

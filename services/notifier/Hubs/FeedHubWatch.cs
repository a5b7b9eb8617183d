using Fleet.Engine.Live;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>One connection's watch of the feed.</summary>
internal sealed class FeedHubWatch(FeedWatch feed, ISingleClientProxy client, ILogger logger) : Watch(Name, client, logger)
{
    public const string Name = "feed";

    protected override async Task HandOnAsync(CancellationToken cancellation)
    {
        await foreach (var update in feed.ReadAsync(cancellation))
        {
            if (update.Interrupted) await SendAsync(HubMessages.Resync, Name);
            if (update.Runs.Count > 0) await SendAsync(HubMessages.Feed, update.Runs);
            // After the runs that it names.
            if (update.Page is { } page) await SendAsync(HubMessages.Page, page);
            if (update.Counts is { } counts) await SendAsync(HubMessages.Counts, counts);
        }
    }

    protected override ValueTask LeaveAsync()
    {
        feed.Dispose();
        return ValueTask.CompletedTask;
    }
}

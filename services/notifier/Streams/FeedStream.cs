using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Notifier.Departure;

namespace Fleet.Notifier.Streams;

/// <summary>The feed as server-sent events (contract: GET /v1/feed/stream): a snapshot, then what changes.</summary>
internal sealed class FeedStream(
    FeedListener feed, RedisConnection redis, Departures departures, TimeProvider time)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(HttpContext context)
    {
        var filter = FeedQuery.Read(context.Request.Query);
        // Listening first: what changes while the snapshot is read comes after it.
        using var watch = feed.Watch(filter);
        var snapshot = await redis.WhileAnsweringAsync(watch.SnapshotAsync());

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var departure = departures.Join(over.Cancel);
        var stream = new EventWriter(context);
        stream.Event("snapshot", snapshot);
        if (!await stream.FlushAsync(over.Token)) return;
        await stream.SendAsync(watch.ReadAsync(over.Token), WriteAsync, over.Token);
        if (departures.HaveBegun) await stream.SayGoodbyeAsync();

        async ValueTask<bool> WriteAsync(FeedUpdate update)
        {
            if (update.Interrupted)
            {
                stream.Event("resync", new Resync("feed"));
                if (await SnapshotAgainAsync(watch, over.Token) is not { } fresh) return false;
                stream.Event("snapshot", fresh);
            }

            if (update.Runs.Count > 0) stream.Event("feed", update.Runs);
            if (update.Page is { } page) stream.Event("page", page);
            if (update.Counts is { } counts) stream.Event("counts", counts);
            return true;
        }
    }

    /// <summary>A fresh snapshot, however long Redis is away; null when nobody wants it any more.</summary>
    private async Task<FeedSnapshot?> SnapshotAgainAsync(FeedWatch watch, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                try
                {
                    return await watch.SnapshotAsync();
                }
                catch (Exception e) when (RedisFailure.Is(e))
                {
                    await Task.Delay(RetryInterval, time, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}

/// <summary>Says that something was missed, as the hub's Resync does.</summary>
/// <param name="What">What is to be read anew.</param>
internal sealed record Resync(string What);

using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Notifier.Departure;
using Fleet.Notifier.Queues;
using Fleet.Notifier.Workers;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Hubs;

/// <summary>The hub (contract: "Hub"). Parameters with a default may be left out: see <see cref="OptionalArgumentsProtocol"/>.</summary>
/// <remarks>A hub object lives for one call and is disposed after the call's answer was written; that is when a new watch starts to send.</remarks>
internal sealed class RunsHub(
    RunWatcher runs,
    FeedListener feed,
    Attendance attendance,
    WorkerFeed workers,
    QueueFeed queues,
    Departures departures,
    TimeProvider time,
    RedisConnection redis,
    IHubContext<RunsHub> connections,
    IOptions<NotifierOptions> options,
    ILogger<RunsHub> logger) : Hub
{
    private Watch? _answered;

    /// <summary>Watches a run: its record and its events after <paramref name="afterSeq"/>, then every later event as it happens.</summary>
    public async Task<RunSnapshot> WatchRun(string runId, long? afterSeq = null)
    {
        if (afterSeq < 0) throw new HubException($"afterSeq {Words.MustBeSequence}.");
        if (!RunId.TryParse(runId, out var id)) throw new HubException(Words.UnknownRun(runId));
        await Watches.RequireRoomAsync(id.ToString());
        // Answered while the watch subscribes, which is on another connection.
        var elsewhere = attendance.CountElsewhereAsync(id);
        var watch = await redis.WhileAnsweringAsync(runs.WatchAsync(id, afterSeq ?? 0)) ?? throw new HubException(Words.UnknownRun(runId));

        var mine = new RunHubWatch(watch, attendance, Client, logger);
        await BeginAsync(mine);
        try
        {
            return await redis.WhileAnsweringAsync(mine.SnapshotAsync(elsewhere));
        }
        catch
        {
            // Who is told that it failed must not get events all the same.
            _answered = null;
            await Watches.EndAsync(mine.Subject);
            throw;
        }
    }

    /// <summary>Ends the watch of a run.</summary>
    public Task UnwatchRun(string runId) =>
        RunId.TryParse(runId, out var id) ? Watches.EndAsync(id.ToString()) : throw new HubException(Words.UnknownRun(runId));

    /// <summary>Watches the feed: the counts and the newest runs that pass the filter, then what changes.</summary>
    public async Task<FeedSnapshot> WatchFeed(FeedFilter? filter = null)
    {
        if (filter is not null && FilterFault.Find(filter) is var (field, reason)) throw new HubException($"{field} {reason}.");
        await Watches.RequireRoomAsync(FeedHubWatch.Name);
        // Listening first: what changes while the snapshot is read comes after it.
        var watch = feed.Watch(filter ?? new FeedFilter());
        FeedSnapshot snapshot;
        try
        {
            snapshot = await redis.WhileAnsweringAsync(watch.SnapshotAsync());
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        await BeginAsync(new FeedHubWatch(watch, Client, logger));
        return snapshot;
    }

    /// <summary>Ends the watch of the feed.</summary>
    public Task UnwatchFeed() => Watches.EndAsync(FeedHubWatch.Name);

    /// <summary>Watches the workers: those that live, then those that come, go, or execute other runs than before.</summary>
    public async Task<IReadOnlyList<WorkerInfo>> WatchWorkers()
    {
        await Watches.RequireRoomAsync(WorkersHubWatch.Name);
        var watch = await redis.WhileAnsweringAsync(workers.WatchAsync());
        await BeginAsync(new WorkersHubWatch(watch, Client, logger));
        return watch.Known;
    }

    /// <summary>Ends the watch of the workers.</summary>
    public Task UnwatchWorkers() => Watches.EndAsync(WorkersHubWatch.Name);

    /// <summary>Watches the queues: how full they are now, then once a second.</summary>
    public async Task<IReadOnlyList<QueueInfo>> WatchQueues()
    {
        await Watches.RequireRoomAsync(QueuesHubWatch.Name);
        var watch = await redis.WhileAnsweringAsync(queues.WatchAsync());
        await BeginAsync(new QueuesHubWatch(watch, Client, logger));
        return watch.Known;
    }

    /// <summary>Ends the watch of the queues.</summary>
    public Task UnwatchQueues() => Watches.EndAsync(QueuesHubWatch.Name);

    /// <inheritdoc/>
    public override Task OnConnectedAsync()
    {
        var limits = options.Value;
        var connection = Context;
        Context.Items[HubCaller.Key] = new HubCaller(
            new ConnectionWatches(limits.WatchesPerConnection),
            new CallBudget(limits.CallsPerSecond, limits.CallsPerSecond + limits.WatchesPerConnection, time),
            departures.Join(() => SendAway(connection)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        Caller.Departure.Dispose();
        await Caller.Watches.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _answered?.Start();
        base.Dispose(disposing);
    }

    private HubCaller Caller => (HubCaller)Context.Items[HubCaller.Key]!;

    private ConnectionWatches Watches => Caller.Watches;

    // Not Clients.Caller, which is gone with this object.
    private ISingleClientProxy Client => connections.Clients.Client(Context.ConnectionId);

    private async Task BeginAsync(Watch watch)
    {
        await Watches.AddAsync(watch);
        _answered = watch;
    }

    // Not with an abort, which would tell the client not to come back.
    private static void SendAway(HubCallerContext connection)
    {
        if (connection.Features.Get<IConnectionLifetimeNotificationFeature>() is { } lifetime) lifetime.RequestClose();
        else connection.Abort();
    }
}

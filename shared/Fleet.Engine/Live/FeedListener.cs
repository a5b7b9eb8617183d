using System.Text.Json;
using Fleet.Engine.Metrics;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>Hears the feed once for the whole process and hands it to everyone who watches it.</summary>
public sealed partial class FeedListener : IHostedService
{
    private static readonly KeyValuePair<string, object?> OfFeed = new("of", "feed");

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly FeedReader _reader;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedListener> _logger;
    private readonly Lock _lock = new();
    private volatile FeedWatch[] _watches = [];

    internal FeedListener(FleetKeys keys, RedisConnection redis, FeedReader reader, TimeProvider time, ILogger<FeedListener> logger)
    {
        _keys = keys;
        _redis = redis;
        _reader = reader;
        _time = time;
        _logger = logger;
        redis.Restored += (_, _) => _ = RecoverAsync();
    }

    /// <summary>How many watch the feed.</summary>
    public int Watches => _watches.Length;

    /// <summary>Something was heard, or somebody new listens, while anybody watches.</summary>
    internal Signal Changed { get; } = new();

    /// <summary>Starts to watch what passes <paramref name="filter"/>.</summary>
    public FeedWatch Watch(FeedFilter filter)
    {
        var watch = new FeedWatch(filter, _reader, _time, Remove);
        lock (_lock) _watches = [.. _watches, watch];
        FleetMetrics.Watches.Add(1, OfFeed);
        Changed.Set();
        return watch;
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _redis.OpenAsync(cancellationToken);
        foreach (var partition in _keys.Partitions)
        {
            var messages = await _redis.Subscriber.SubscribeAsync(RedisChannel.Sharded(partition.Feed));
            messages.OnMessage(message => Publish(message.Message!));
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Tells those who watch that they missed something, once nothing more is missed.</summary>
    private async Task RecoverAsync()
    {
        try
        {
            // An answer on the subscriptions' own connection: those it lost stand again.
            await _redis.Subscriber.PingAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is ObjectDisposedException)
        {
            // That connection is not back yet, and will say so when it is.
            return;
        }

        Interrupt();
    }

    /// <summary>Tells all who watch how many runs are in each state.</summary>
    internal void Tell(IReadOnlyDictionary<string, long> counts)
    {
        foreach (var watch in _watches) watch.Tell(counts);
    }

    private void Interrupt()
    {
        Changed.Set();
        foreach (var watch in _watches) watch.Interrupt();
    }

    private void Remove(FeedWatch watch)
    {
        lock (_lock)
        {
            if (!_watches.Contains(watch)) return;
            _watches = [.. _watches.Where(other => other != watch)];
        }

        FleetMetrics.Watches.Add(-1, OfFeed);
    }

    private void Publish(byte[] batch)
    {
        var watches = _watches;
        if (watches.Length == 0) return;
        Changed.Set();
        IReadOnlyList<FeedItem> items;
        try
        {
            items = ParseBatch(batch);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or IndexOutOfRangeException)
        {
            // From a newer version of Fleet, say. What changed can still be read from the records.
            LogNotUnderstood(e.Message);
            Interrupt();
            return;
        }

        foreach (var watch in watches) watch.Publish(items);
    }

    /// <summary>Reads a batch as feed.lua writes it.</summary>
    internal static IReadOnlyList<FeedItem> ParseBatch(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var batch = document.RootElement;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(batch.GetProperty("at").GetInt64());
        var worker = batch.GetProperty("worker").GetString() is { Length: > 0 } name ? name : null;
        var runs = batch.GetProperty("runs");
        var items = new List<FeedItem>(runs.GetArrayLength());
        foreach (var run in runs.EnumerateArray())
        {
            items.Add(new FeedItem
            {
                Id = RunId.Parse(run[0].GetString()!),
                State = RunStates.Parse(run[1].GetString()),
                Seq = run[2].GetInt64(),
                Attempt = run[3].GetInt32(),
                At = at,
                Worker = worker,
                Job = run[4].GetString()!,
                Queue = run[5].GetString()!,
                Priority = (Priority)run[6].GetInt32(),
                Tags = run.GetArrayLength() > 7 ? [.. run[7].EnumerateArray().Select(tag => tag.GetString()!)] : [],
            });
        }

        return items;
    }

    [LoggerMessage(1211, LogLevel.Warning, "A batch of the feed was not understood, so those who watch are told to read it anew: {Reason}")]
    private partial void LogNotUnderstood(string reason);
}

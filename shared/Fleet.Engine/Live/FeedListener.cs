using System.Text.Json;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>Hears the feed once for the whole process and hands it to everyone who watches it.</summary>
public sealed partial class FeedListener : IHostedService
{
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedListener> _logger;
    private readonly Lock _lock = new();
    private volatile FeedWatch[] _watches = [];

    internal FeedListener(FleetKeys keys, RedisConnection redis, TimeProvider time, ILogger<FeedListener> logger)
    {
        _keys = keys;
        _redis = redis;
        _time = time;
        _logger = logger;
        redis.Restored += (_, _) => _ = RecoverAsync();
    }

    /// <summary>How many watch the feed.</summary>
    public int Watches => _watches.Length;

    /// <summary>Starts to watch what passes <paramref name="filter"/>.</summary>
    public FeedWatch Watch(FeedFilter filter)
    {
        var watch = new FeedWatch(filter, _time, Remove);
        lock (_lock) _watches = [.. _watches, watch];
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
        catch (Exception e) when (e is RedisException or RedisTimeoutException or ObjectDisposedException)
        {
            // That connection is not back yet, and will say so when it is.
            return;
        }

        Interrupt();
    }

    private void Interrupt()
    {
        foreach (var watch in _watches) watch.Interrupt();
    }

    private void Remove(FeedWatch watch)
    {
        lock (_lock) _watches = [.. _watches.Where(other => other != watch)];
    }

    private void Publish(byte[] batch)
    {
        var watches = _watches;
        if (watches.Length == 0) return;
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

    /// <summary>Reads [[id, state, seq, attempt, at, worker, job, queue, priority, tags] …] as feed.lua writes it.</summary>
    internal static IReadOnlyList<FeedItem> ParseBatch(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        var items = new List<FeedItem>(document.RootElement.GetArrayLength());
        foreach (var item in document.RootElement.EnumerateArray())
        {
            items.Add(new FeedItem
            {
                Id = RunId.Parse(item[0].GetString()!),
                State = RunStates.Parse(item[1].GetString()),
                Seq = item[2].GetInt64(),
                Attempt = item[3].GetInt32(),
                At = DateTimeOffset.FromUnixTimeMilliseconds(item[4].GetInt64()),
                Worker = item[5].GetString() is { Length: > 0 } worker ? worker : null,
                Job = item[6].GetString()!,
                Queue = item[7].GetString()!,
                Priority = (Priority)item[8].GetInt32(),
                Tags = [.. item[9].EnumerateArray().Select(tag => tag.GetString()!)],
            });
        }

        return items;
    }

    [LoggerMessage(1211, LogLevel.Warning, "A batch of the feed was not understood, so those who watch are told to read it anew: {Reason}")]
    private partial void LogNotUnderstood(string reason);
}

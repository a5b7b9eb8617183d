using Fleet.Engine.Redis;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>
/// Reads the durable feed of a partition from where the reader stopped, for whoever must not miss a state change while it lives, nor
/// when another goes on in its place. The feed is capped, so a reader that is too slow is told that it missed something.
/// </summary>
/// <remarks>Every method throws <see cref="RedisException"/> or <see cref="RedisTimeoutException"/> while Redis is away.</remarks>
public sealed class FeedTail
{
    /// <summary>The position before everything.</summary>
    public const string Start = "0-0";

    /// <summary>A position after everything.</summary>
    private const string Beyond = "18446744073709551615-18446744073709551614";

    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;

    internal FeedTail(FleetKeys keys, RedisConnection redis)
    {
        _keys = keys;
        _redis = redis;
    }

    /// <summary>How many partitions there are; each has a feed of its own.</summary>
    public int Partitions => _keys.Partitions.Count;

    /// <summary>Where the feed of a partition ends, and how many runs were in each final state at that very moment.</summary>
    /// <param name="partition">The partition, from 0.</param>
    public async Task<FeedPart> EndAsync(int partition)
    {
        var part = await ReadAsync(partition, Beyond, 1);
        return part with { IsWhole = true, Position = part.End };
    }

    /// <summary>The state changes after a position, in the order in which they happened.</summary>
    /// <param name="partition">The partition, from 0.</param>
    /// <param name="after">Where the last part ended, or <see cref="Start"/>.</param>
    /// <param name="most">How many batches to read at most.</param>
    public async Task<FeedPart> ReadAsync(int partition, string after, int most)
    {
        var keys = _keys.Partitions[partition];
        var call = Scripts.Tail.Call(0, [keys.Events, .. RunStates.Final.Select(keys.Final)], [after, most]);
        var reply = (RedisResult[])(await call.EvaluateAsync(_redis.Database))!;

        var entries = 2 + RunStates.Final.Count;
        var items = new List<FeedItem>();
        for (var i = entries; i < reply.Length; i += 2) items.AddRange(FeedListener.ParseBatch((byte[])reply[i + 1]!));
        return new FeedPart
        {
            IsWhole = (int)reply[0] == 1,
            Items = items,
            Position = reply.Length > entries ? (string)reply[^2]! : after,
            End = (string)reply[1]!,
            Ended = RunStates.Final.Zip(reply.Skip(2), (state, count) => (state, (long)count)).ToDictionary(),
        };
    }
}

/// <summary>A part of the durable feed of a partition.</summary>
public sealed record FeedPart
{
    /// <summary>Whether nothing is missing between the last part and this one; otherwise the feed has dropped it, or Redis lost it.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>The state changes, in order.</summary>
    public required IReadOnlyList<FeedItem> Items { get; init; }

    /// <summary>Where this part ends: where to read on.</summary>
    public required string Position { get; init; }

    /// <summary>Where the feed ended when this was read.</summary>
    public required string End { get; init; }

    /// <summary>How many runs were in each final state at that very moment.</summary>
    public required IReadOnlyDictionary<RunState, long> Ended { get; init; }

    /// <summary>Whether there was nothing after this part.</summary>
    public bool IsLast => Position == End;
}

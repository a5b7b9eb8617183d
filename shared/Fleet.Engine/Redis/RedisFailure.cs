using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>Tells the failures of Redis, and of the way to it, from all others.</summary>
public static class RedisFailure
{
    /// <summary>What error replies begin with that have nothing to do with what was asked: Redis loads, changes its master, is full, or does not let us in.</summary>
    private static readonly string[] ForNow =
    [
        "LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "TRYAGAIN", "MISCONF", Full, "BUSY ", "NOREPLICAS", "NOAUTH", "NOPERM", "WRONGPASS",
        "MOVED", "ASK",
    ];

    private const string Full = "OOM";

    /// <summary>Whether a call failed because Redis is away, refused it, or did not answer in time.</summary>
    /// <remarks>
    /// A call that meets its connection just as that breaks is not failed but cancelled by the client library, though nobody asked for it.
    /// Such a cancellation names no token; one that somebody asked for names a token that is cancelled. A call that was being written then
    /// fails with the transport's own exception, not with one of the client library's.
    /// </remarks>
    public static bool Is(Exception exception) =>
        exception is RedisException or RedisTimeoutException or ConnectionResetException or SocketException
            or OperationCanceledException { CancellationToken.IsCancellationRequested: false };

    /// <summary>Whether Redis refused because it has no memory left.</summary>
    public static bool IsFull(Exception exception) => exception is RedisServerException e && e.Message.StartsWith(Full, StringComparison.Ordinal);

    /// <summary>Whether Redis refused what it was asked, and always will: the fault is in that, and the same call again meets it again.</summary>
    public static bool IsForGood(Exception exception) =>
        exception is RedisServerException e && !Array.Exists(ForNow, code => e.Message.StartsWith(code, StringComparison.Ordinal));
}

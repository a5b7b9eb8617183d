using System.Net.Sockets;
using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>Tells the failures of Redis, and of the way to it, from all others.</summary>
public static class RedisFailure
{
    /// <summary>Whether a call failed because Redis is away, refused it, or did not answer in time.</summary>
    /// <remarks>
    /// A call that meets its connection just as that breaks is not failed but cancelled by the client library, though nobody asked for it.
    /// Such a cancellation names no token; one that somebody asked for names a token that is cancelled. A call that was being written then
    /// fails with the transport's own exception, not with one of the client library's.
    /// </remarks>
    public static bool Is(Exception exception) =>
        exception is RedisException or RedisTimeoutException or ConnectionResetException or SocketException
            or OperationCanceledException { CancellationToken.IsCancellationRequested: false };
}

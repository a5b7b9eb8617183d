using System.IO.Pipelines;
using System.Net.Security;
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

    /// <summary>The assemblies whose exceptions a connection ends with that is closed while it is read: its pipes, and TLS.</summary>
    private static readonly string[] Transport = [typeof(Pipe).Assembly.GetName().Name!, typeof(SslStream).Assembly.GetName().Name!];

    /// <summary>Whether a call failed because Redis is away, refused it, or did not answer in time.</summary>
    /// <remarks>
    /// A call that meets its connection just as that breaks is not failed but cancelled by the client library, though nobody asked for it.
    /// Such a cancellation names no token; one that somebody asked for names a token that is cancelled. A call that was being written or waited
    /// to be then fails with whatever ended the connection, unwrapped: an exception of the transport, or of the pipe that the library went on
    /// reading after it had completed it itself.
    /// </remarks>
    public static bool Is(Exception exception) =>
        exception is RedisException or RedisTimeoutException or ConnectionResetException or SocketException
            or OperationCanceledException { CancellationToken.IsCancellationRequested: false }
        || (exception is InvalidOperationException or IOException && Transport.Contains(exception.Source));

    /// <summary>Whether Redis refused because it has no memory left.</summary>
    public static bool IsFull(Exception exception) => exception is RedisServerException e && e.Message.StartsWith(Full, StringComparison.Ordinal);

    /// <summary>Whether Redis refused what it was asked, and always will: the fault is in that, and the same call again meets it again.</summary>
    public static bool IsForGood(Exception exception) =>
        exception is RedisServerException e && !Array.Exists(ForNow, code => e.Message.StartsWith(code, StringComparison.Ordinal));
}

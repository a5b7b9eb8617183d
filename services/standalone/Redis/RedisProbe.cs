using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Standalone.Redis;

/// <summary>What a port answers to somebody who knows the password.</summary>
internal enum RedisAnswer
{
    /// <summary>Nobody listens there, or nobody answered in time.</summary>
    None,

    /// <summary>Something else than the Redis that has this password.</summary>
    Stranger,

    /// <summary>Redis, which still reads its data.</summary>
    Loading,

    /// <summary>Redis, which takes commands.</summary>
    Ready,
}

/// <summary>Speaks a few words with a Redis on a loopback port, without a client, which would hide what is going on while it starts.</summary>
internal static class RedisProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks whether Redis is there and ready.</summary>
    public static async Task<RedisAnswer> PingAsync(RedisSettings settings, CancellationToken cancellation)
    {
        var lines = await AskAsync(settings, "PING", cancellation);
        return lines switch
        {
            [] => RedisAnswer.None,
            ["+OK", "+PONG"] => RedisAnswer.Ready,
            ["+OK", var line] when line.StartsWith("-LOADING", StringComparison.Ordinal) => RedisAnswer.Loading,
            _ => RedisAnswer.Stranger,
        };
    }

    /// <summary>Tells it to save and end; it answers only when it cannot.</summary>
    public static Task ShutDownAsync(RedisSettings settings, CancellationToken cancellation) => AskAsync(settings, "SHUTDOWN", cancellation);

    private static async Task<string[]> AskAsync(RedisSettings settings, string command, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Patience);
        var lines = new List<string>();
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, settings.Port, timeout.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {settings.Password}\r\n{command}\r\n"), timeout.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            while (lines.Count < 2 && await reader.ReadLineAsync(timeout.Token) is { } line) lines.Add(line);
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            // Nobody there, or gone before it answered: what it did say counts.
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Silent for too long, which is no answer either.
        }

        return [.. lines];
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Fleet.Faults.History;

namespace Fleet.Faults.Processes;

/// <summary>The redis-server of the suite.</summary>
/// <remarks>
/// With <c>appendfsync always</c>: a write is in the file, and the file on the disk, before Redis answers, so that nothing it answered
/// may be missing after a SIGKILL. With <c>everysec</c> it may: while a background fsync is slow, Redis puts off even writing to the
/// file, for up to two seconds, and goes on answering.
/// </remarks>
internal sealed class RedisChild(int port, string folder, Guardian guardian, HistoryFolder history, TimeProvider time)
    : Child("redis", guardian, history, time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = time;

    /// <summary>Where it listens, without anything in between.</summary>
    public int Port => port;

    protected override IReadOnlyList<string> Command() =>
    [
        "redis-server", "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
        "--appendonly", "yes", "--appendfsync", "always", "--maxmemory-policy", "noeviction", "--set-proc-title", "no",
        "--hash-max-listpack-entries", "256", "--hash-max-listpack-value", "512",
    ];

    protected override async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port, either.Token);
            await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), either.Token);
            var answer = new byte[5];
            return await client.GetStream().ReadAtLeastAsync(answer, 5, throwOnEndOfStream: false, either.Token) == 5 && answer[1] == (byte)'P';
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}

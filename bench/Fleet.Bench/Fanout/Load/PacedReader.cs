using System.Diagnostics;

namespace Fleet.Bench.Fanout.Load;

/// <summary>A connection that reads no faster than so many bytes a second, or not at all.</summary>
internal sealed class PacedReader(LoadConnection connection, long bytesPerSecond)
{
    private long _since = Stopwatch.GetTimestamp();

    public LoadConnection Connection { get; } = connection;

    /// <summary>Reads what it may by now.</summary>
    public void Read(Span<byte> buffer, LoadStats stats)
    {
        var now = Stopwatch.GetTimestamp();
        var budget = (long)(Stopwatch.GetElapsedTime(_since, now).TotalSeconds * bytesPerSecond);
        if (budget == 0 || Connection.Phase == Phase.Closed) return;
        _since = now;
        var count = Epoll.Receive(Connection.Handle, buffer[..(int)Math.Min(budget, buffer.Length)]);
        if (count >= 0) Connection.Take(buffer[..count], now, stats);
    }
}

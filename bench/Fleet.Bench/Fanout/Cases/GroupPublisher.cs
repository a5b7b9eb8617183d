using System.Globalization;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>A client that publishes to the group, through the first server, and is not in it.</summary>
internal sealed class GroupPublisher
{
    /// <summary>What a message has besides its filling: <c>{"seq":1234567,"text":""}</c>.</summary>
    private const int Frame = 26;

    private readonly Dialect _dialect;
    private readonly LoadConnection _connection;
    private readonly SendTimes _times;
    private readonly string _filling;

    private GroupPublisher(Dialect dialect, LoadConnection connection, SendTimes times, int size)
    {
        _dialect = dialect;
        _connection = connection;
        _times = times;
        _filling = new string('x', Math.Max(size - Frame, 0));
    }

    /// <summary>How many were published, ever.</summary>
    public long Published { get; private set; }

    /// <summary>Whether its own connection broke.</summary>
    public bool IsBroken => _connection.Fault is not null;

    public static async Task<GroupPublisher> ConnectAsync(ServerGroup servers, Crowd crowd, SendTimes times, int size)
    {
        var connection = crowd.Loop.Open(servers.Servers[0].Address, servers.Dialect, null, times);
        await connection.Joined;
        return new GroupPublisher(servers.Dialect, connection, times, size);
    }

    /// <summary>Publishes for a while.</summary>
    /// <returns>How many.</returns>
    public Task<long> RunAsync(double rate, TimeSpan lasts, CancellationToken cancellation) => Pacer.RunAsync(rate, lasts, Publish, cancellation);

    private bool Publish(int count, long asOf)
    {
        var waited = false;
        for (var i = 0; i < count; i++)
        {
            var seq = Published + 1;
            _times[seq] = asOf;
            Published = seq;
            waited |= _connection.Send(_dialect.Call(nameof(GroupHub.Publish),
                string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{seq},\"text\":\"{_filling}\"}}")));
        }

        return waited;
    }
}

using System.Threading.Channels;

namespace Fleet.Client.Tests;

/// <summary>The states that a client's connection goes through.</summary>
internal sealed class StateLog
{
    private readonly Channel<ConnectionState> _changes = Channel.CreateUnbounded<ConnectionState>();
    private readonly List<ConnectionState> _seen = [];

    public StateLog(FleetClient client) => client.ConnectionChanged += (_, state) =>
    {
        lock (_seen) _seen.Add(state);
        _changes.Writer.TryWrite(state);
    };

    /// <summary>All of them so far.</summary>
    public IReadOnlyList<ConnectionState> Seen
    {
        get
        {
            lock (_seen) return [.. _seen];
        }
    }

    /// <summary>Returns when a state comes that was not waited for before.</summary>
    public async Task ReachedAsync(ConnectionState state, CancellationToken cancellation)
    {
        while (await _changes.Reader.ReadAsync(cancellation) != state)
        {
            // Another one.
        }
    }
}
